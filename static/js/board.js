/* The wall board: the time of the data is always seen, and red when the data is old. A screen hangs for weeks, so the page renews itself
   with every day and every new version of the product, and no clock of the screen is trusted: time is the server's, carried on from here. */
"use strict";

const STALE = 75000; // two refreshes missed, and a little
const LOGGED_OUT = 286; // how the product tells a page that asks by itself
const head = document.querySelector(".whead");
const first = document.getElementById("board");
const code = first.dataset.code;
let heard = performance.now(); // when the data that is shown came
let failed = false;

function board() {
  return document.getElementById("board");
}

// The server's wall clock, in its own zone whatever the screen's is.
function serverNow() {
  const { at, offset } = board().dataset;
  return new Date(Date.parse(at) + Number(offset) * 1000 + (performance.now() - heard));
}

function show() {
  const stale = failed || performance.now() - heard > STALE;
  const words = head.querySelector("[data-fresh-words]");
  if (!words.dataset.fine) words.dataset.fine = words.textContent;
  const text = stale ? head.dataset.stale : words.dataset.fine;
  if (words.textContent !== text) words.textContent = text;
  head.classList.toggle("stale", stale);
  const now = serverNow().toISOString();
  head.querySelector("[data-now]").textContent = now.slice(11, 16);
}

function came() {
  if (board().dataset.code !== code) return location.reload();
  heard = performance.now();
  failed = false;
  const time = head.querySelector("[data-fresh-time]");
  time.dateTime = board().dataset.at;
  time.textContent = serverNow().toISOString().slice(11, 19);
  return show();
}

// Another page of the product (this board is closed, or one has to log in): what is shown may not be shown longer. Whatever else answers,
// such as a proxy while the product is being updated, only makes the data old: the next answer may be the board again.
function onAnswer(event) {
  const { status, responseText } = event.detail.xhr;
  if (responseText.includes('id="board"')) return;
  event.preventDefault();
  if (status === LOGGED_OUT || (status < 500 && responseText.includes("css/app."))) location.reload();
  else onFailure();
}

function onFailure() {
  failed = true;
  show();
}

// For people with a mouse; a screen on a wall fills itself by the browser's own kiosk mode.
function offerFullScreen(button) {
  if (!document.fullscreenEnabled) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    const full = Boolean(document.fullscreenElement);
    button.setAttribute("aria-pressed", String(full));
    button.firstElementChild.className = full ? "ti ti-minimize" : "ti ti-maximize";
  });
}

offerFullScreen(head.querySelector("[data-full]"));
document.addEventListener("htmx:beforeOnLoad", onAnswer);
document.addEventListener("htmx:afterSwap", came);
["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, onFailure));
setInterval(show, 1000);
