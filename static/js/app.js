/* What every page does with JavaScript, and does well enough without: clocks count down, keys, one submit per click.
   No framework, no eval, nothing inline (CSP 'self'). Clock sentences come from <template id="clock-words">. */
"use strict";

document.documentElement.classList.add("js");

// ---------- clocks ----------
const MINUTE = 60000;
const FAR = 12 * 60 * MINUTE; // farther ones are told by their moment, which the server has written

function spanWords(words, minutes) {
  const d = Math.floor(minutes / 1440);
  const h = Math.floor((minutes % 1440) / 60);
  const m = minutes % 60;
  let shape = words.m;
  if (d) shape = h ? words.dh : words.d;
  else if (h) shape = m ? words.hm : words.h;
  return shape.replace("{d}", d).replace("{h}", h).replace("{m}", m);
}

function dress(chip, css, icon) {
  if (chip.classList.contains(css)) return;
  chip.classList.remove("warn", "over");
  chip.classList.add(css);
  const sign = chip.querySelector(".ti");
  if (sign) sign.className = `ti ti-${icon}`;
}

function showClock(chip, words, now) {
  const place = chip.querySelector("[data-words]");
  const left = Date.parse(chip.dataset.due) - now;
  if (!place || Number.isNaN(left)) return;
  if (left < 0) {
    dress(chip, "over", "alarm");
    place.textContent = words.over.replace("{span}", spanWords(words, Math.floor(-left / MINUTE)));
    return;
  }
  const warn = Date.parse(chip.dataset.warn || "");
  if (!Number.isNaN(warn) && warn <= now) dress(chip, "warn", "hourglass-low");
  if (left <= FAR) place.textContent = words.left.replace("{span}", spanWords(words, Math.floor(left / MINUTE)));
}

// The server's clock decides, not the computer's: the difference is taken once, when the page arrives.
function serverSkew() {
  const mark = document.getElementById("clock-words");
  const then = mark && Date.parse(mark.dataset.now || "");
  return then ? then - Date.now() : 0;
}

function startClocks() {
  const mark = document.getElementById("clock-words");
  if (!mark) return;
  const skew = serverSkew();
  const tick = () => {
    const now = Date.now() + skew;
    document.querySelectorAll("[data-clock]").forEach((chip) => showClock(chip, mark.dataset, now));
  };
  setInterval(tick, 15000);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  document.addEventListener("htmx:afterSwap", tick);
}

// ---------- keys ----------
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

// Ctrl+S presses the draft button, Ctrl+Enter the main one, from any field.
function pressKey(event) {
  const wanted = event.key === "Enter" ? "[data-key-main]" : event.key.toLowerCase() === "s" ? "[data-key-save]" : "";
  const button = wanted && document.querySelector(wanted);
  if (!button) return;
  event.preventDefault();
  if (!button.disabled) button.click();
}

function onKey(event) {
  if (event.key === "Escape") return closeMenus();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) return pressKey(event);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-key-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key.toLowerCase() === "n") {
    const link = document.querySelector("[data-key-new]");
    if (link) link.click();
  }
}

// ---------- menus made of <details> close when one looks elsewhere ----------
function closeMenus(except) {
  document.querySelectorAll("details.menu[open], details.drop[open]").forEach((menu) => {
    if (menu === except) return;
    const had = menu.contains(document.activeElement);
    menu.open = false;
    if (had) menu.querySelector("summary").focus();
  });
}

// ---------- one submit per click; the pressed button's name must still travel, hence after the event ----------
function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.target) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => setBusy(form, true), 0);
}

function setBusy(form, busy) {
  form.querySelectorAll("button[type=submit], button:not([type])").forEach((button) => {
    if (busy && !button.disabled) {
      button.dataset.was = "open";
      button.classList.add("busy");
      button.setAttribute("aria-disabled", "true");
    } else if (!busy && button.dataset.was) {
      delete button.dataset.was;
      button.classList.remove("busy");
      button.removeAttribute("aria-disabled");
    }
  });
}

// Back from the next page (bfcache): the form may be sent again.
function wakeForms() {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    setBusy(form, false);
  });
}

// ---------- tables wider than their place are scrolled by keys too ----------
function reachTables() {
  document.querySelectorAll(".tbl:not([tabindex])").forEach((box) => {
    if (box.scrollWidth <= box.clientWidth) return;
    const card = box.closest(".card, main");
    const heading = card && card.querySelector("h1, h2, h3");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", (heading && heading.textContent.trim()) || document.title);
  });
}

// ---------- choice fields with search ----------
function startPickers() {
  if (typeof window.TomSelect !== "function") return;
  document.querySelectorAll("select[data-pick]").forEach((select) => {
    new window.TomSelect(select, { maxOptions: 100, plugins: select.multiple ? ["remove_button"] : [] });
  });
}

// Filters that apply at once: <select data-auto> in a GET form.
function onChange(event) {
  const field = event.target;
  if (field.matches && field.matches("[data-auto]") && field.form) field.form.requestSubmit();
}

// ---------- what came while the page is open is put away by a click; it stays among the notices ----------
function onDismiss(event) {
  const button = event.target.closest && event.target.closest("[data-dismiss]");
  if (button) button.parentElement.remove();
}

function start() {
  startClocks();
  startPickers();
  reachTables();
  document.addEventListener("htmx:afterSettle", reachTables);
  window.addEventListener("resize", reachTables);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("change", onChange);
  document.addEventListener("click", onDismiss);
  document.addEventListener("click", (event) => closeMenus(event.target.closest && event.target.closest("details")));
  window.addEventListener("pageshow", (event) => event.persisted && wakeForms());
}

start();
