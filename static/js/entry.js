/* The entry grid (ui/entry_grid.html) behaves like Excel: Enter and arrows move, pasted rows fill cells, items complete while
   typing, amounts add up. A plain formset without it. Money is counted in whole cents (BigInt), never in floats; what is shown
   here is a help only, the server computes again. */
"use strict";

const FIELDS = ["item", "spec", "quantity", "unit_price", "wanted_date"];
const HEADS = [[/型号|item|model/i, "item"], [/规格|要求|spec/i, "spec"], [/数量|quantity|qty/i, "quantity"], [/单价|price/i, "unit_price"],
  [/金额|amount/i, null], [/交期|交货|日期|date/i, "wanted_date"], [/单位|unit/i, null], [/^(#|行|序号|no\.?)$/i, null]];

// ---------- numbers ----------
function cleanNumber(text) {
  const half = text.replace(/[０-９．－]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
  const found = half.replace(/[,，\s\u00a0¥￥]/g, "").match(/^-?\d*\.?\d+|^-?\d+/);
  return found ? found[0] : "";
}

// "12.5" with 3 decimals -> 12500n; null when it is no number.
function scaled(text, decimals) {
  const clean = cleanNumber(text);
  if (!clean) return null;
  const [whole, part = ""] = clean.replace("-", "").split(".");
  const digits = BigInt(whole + part.padEnd(decimals, "0").slice(0, decimals));
  return clean.startsWith("-") ? -digits : digits;
}

function halfUp(value, divisor) {
  const sign = value < 0n ? -1n : 1n;
  return sign * ((2n * sign * value + divisor) / (2n * divisor));
}

// Quantity (3 decimals) times unit price (4 decimals), in cents.
function amountOf(quantity, price) {
  const q = scaled(quantity, 3);
  const p = scaled(price, 4);
  return q === null || p === null ? null : halfUp(q * p, 100000n);
}

function showCents(cents) {
  const sign = cents < 0n ? "-" : "";
  const text = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${sign}${text.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${text.slice(-2)}`;
}

function cleanDate(text) {
  const found = text.trim().match(/^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})/);
  if (!found) return text.trim();
  const today = new Date();
  let year = Number(found[1] || today.getFullYear());
  if (!found[1] && Number(found[2]) < today.getMonth() - 2) year += 1; // "1-15" written in December means next year
  return `${year}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}`;
}

// ---------- pasted text: tab-separated, a cell with line breaks stands in quotes ----------
function parseRows(text) {
  const rows = [[""]];
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  for (let i = 0; i < source.length; i += 1) {
    const row = rows[rows.length - 1];
    const c = source[i];
    if (c === '"' && quoted && source[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; }
    else if (c === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
    else if (c === "\t" && !quoted) row.push("");
    else if (c === "\n" && !quoted) rows.push([""]);
    else row[row.length - 1] += c === "\n" ? " " : c;
  }
  return rows.map((row) => row.map((cell) => cell.trim())).filter((row) => row.some(Boolean));
}

const headOf = (cell) => HEADS.find(([pattern]) => pattern.test(cell));

// True when in most rows the column `amount` is quantity times price: the office's sheet has it, we compute it.
function isAmount(rows, quantity, price, amount) {
  const right = rows.filter((row) => {
    const sum = amountOf(row[quantity] || "", row[price] || "");
    return sum !== null && sum === scaled(row[amount] || "", 2);
  });
  return right.length * 2 > rows.length;
}

// Which field each pasted column fills (null: none), and the rows without their heading.
function layout(rows, from) {
  const heads = rows[0].map(headOf);
  if (rows[0].length > 1 && heads.filter(Boolean).length * 2 > heads.length && !rows[0].some((cell) => /^\d/.test(cell))) {
    return { columns: heads.map((head) => (head ? head[1] : null)), rows: rows.slice(1) };
  }
  const width = Math.max(...rows.map((row) => row.length));
  if (from === 0 && width >= 5 && isAmount(rows, 2, 3, 4)) return { columns: ["item", "spec", "quantity", "unit_price", null, "wanted_date"], rows };
  if (from === 0 && width >= 6 && isAmount(rows, 2, 4, 5)) return { columns: ["item", "spec", "quantity", null, "unit_price", null, "wanted_date"], rows };
  return { columns: FIELDS.slice(from), rows };
}

// ---------- the grid ----------
class Grid {
  constructor(table) {
    this.table = table;
    this.form = table.closest("form");
    this.body = table.tBodies[0];
    this.words = table.dataset;
    this.total = this.form.querySelector(`[name="${table.dataset.prefix}-TOTAL_FORMS"]`);
    this.template = document.getElementById("line-template");
    this.status = this.form.querySelector("[data-entry-status]");
    this.undoButton = this.form.querySelector("[data-entry-undo]");
    this.before = null;
    this.rows(true).forEach((row) => this.hideIfGone(row));
    this.listen();
    this.count();
  }

  listen() {
    this.body.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("paste", (event) => this.onPaste(event));
    this.body.addEventListener("input", () => this.count());
    this.body.addEventListener("change", (event) => this.onChange(event));
    this.body.addEventListener("click", (event) => {
      const button = event.target.closest("[data-del]");
      if (button) this.remove(button.closest("tr"));
    });
    this.form.querySelector("[data-entry-add]")?.addEventListener("click", () => this.focus(this.add(), "item"));
    this.undoButton?.addEventListener("click", () => this.undo());
  }

  rows(all = false) {
    return [...this.body.querySelectorAll("tr[data-row]")].filter((row) => all || !row.classList.contains("gone"));
  }

  cell(row, name) {
    return row.querySelector(`[data-cell="${name}"]`);
  }

  focus(row, name) {
    const cell = row && this.cell(row, name);
    if (!cell) return;
    cell.focus();
    if (cell.select) cell.select();
  }

  isEmpty(row) {
    return !["item", "spec", "quantity", "unit_price"].some((name) => this.cell(row, name)?.value.trim());
  }

  add() {
    const row = this.template.content.querySelector("tr").cloneNode(true);
    const number = this.total.value;
    row.querySelectorAll("*").forEach((node) => {
      for (const { name, value } of [...node.attributes]) {
        if (value.includes("__prefix__")) node.setAttribute(name, value.replaceAll("__prefix__", number));
      }
    });
    this.body.append(row);
    this.total.value = Number(number) + 1;
    this.count();
    return row;
  }

  remove(row) {
    this.remember();
    const number = row.querySelector("[data-no]").textContent;
    const next = row.nextElementSibling || row.previousElementSibling;
    const mark = this.mark(row);
    if (mark) mark.checked = true;
    else FIELDS.forEach((name) => { const cell = this.cell(row, name); if (cell) cell.value = ""; });
    row.classList.add("gone");
    if (!this.rows().length) this.add();
    this.count();
    this.tell(this.words.wRemoved.replace("{n}", number));
    this.focus(next && !next.classList.contains("gone") ? next : this.rows()[0], "item");
  }

  mark(row) {
    return row.querySelector('input[type="checkbox"][name$="-DELETE"]');
  }

  hideIfGone(row) {
    row.classList.toggle("gone", Boolean(this.mark(row)?.checked));
  }

  // ----- keys: Enter and arrows -----
  onKey(event) {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = this.rows();
    const row = cell.closest("tr");
    const at = rows.indexOf(row);
    const last = at === rows.length - 1;
    const name = cell.dataset.cell;
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.shiftKey) this.focus(rows[at - 1], name);
      else if (!last) this.focus(rows[at + 1], name);
      else if (!this.isEmpty(row)) this.focus(this.add(), "item");
    } else if (event.key === "Tab" && !event.shiftKey && last && cell.type !== "date" && name === FIELDS[FIELDS.length - 1] && !this.isEmpty(row)) {
      event.preventDefault();
      this.focus(this.add(), "item");
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !/^(date|select-one)$/.test(cell.type)) {
      const target = rows[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (target) event.preventDefault();
      this.focus(target, name);
    }
  }

  onChange(event) {
    const cell = event.target;
    if (cell.dataset.cell === "wanted_date" && cell.type !== "date" && cell.value) cell.value = cleanDate(cell.value);
    if (cell.dataset.cell === "quantity") this.reprice(cell.closest("tr"));
  }

  // ----- paste -----
  onPaste(event) {
    const cell = event.target.closest("[data-cell]");
    const text = event.clipboardData.getData("text/plain");
    if (!cell || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const plan = layout(parseRows(text), FIELDS.indexOf(cell.dataset.cell));
    this.remember();
    let at = this.rows().indexOf(cell.closest("tr"));
    const filled = plan.rows.slice(0, 500).map((values) => {
      const row = this.rows()[at] || this.add();
      at += 1;
      plan.columns.forEach((name, i) => name && values[i] !== undefined && this.put(row, name, values[i]));
      return row;
    });
    this.count();
    this.tell(this.words.wPasted.replace("{n}", filled.length));
    if (plan.columns.includes("item")) this.recognise(filled);
  }

  put(row, name, value) {
    const cell = this.cell(row, name);
    if (!cell) return;
    if (name === "wanted_date") cell.value = cleanDate(value);
    else if (name === "quantity" || name === "unit_price") cell.value = cleanNumber(value) || value;
    else cell.value = value;
  }

  // Pasted items are looked up one after another; what is not known says so under its cell.
  async recognise(rows) {
    let known = 0;
    for (const row of rows) {
      const cell = this.cell(row, "item");
      const code = cell.value.trim();
      const found = (await this.lookup(code)).find((item) => item.code.toLowerCase() === code.toLowerCase());
      if (cell.value.trim() !== code) continue; // undone or typed over meanwhile
      if (found) { this.fill(row, found); this.reprice(row); known += 1; } else this.warn(cell, this.words.wUnknown);
    }
    this.count();
    if (this.before) this.tell(`${this.words.wPasted.replace("{n}", rows.length)} · ${this.words.wKnown.replace("{k}", known).replace("{n}", rows.length)}`);
  }

  async lookup(text, signal, quantity = "") {
    const url = this.table.dataset.completeUrl;
    if (!url || !text) return [];
    const query = new URLSearchParams({ q: text, quantity });
    for (const name of ["customer", "currency"]) query.set(name, this.form.querySelector(`[name="${name}"]`)?.value || ""); // the price is theirs
    try {
      const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}${query}`, { signal, headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : [];
    } catch {
      return []; // a bad network leaves a plain field
    }
  }

  fill(row, item) {
    row.querySelector("[data-unit]").textContent = item.unit || "";
    const [spec, price, date] = ["spec", "unit_price", "wanted_date"].map((name) => this.cell(row, name));
    if (spec && item.name) spec.placeholder = item.name;
    if (price && !price.value && item.price) this.putPrice(price, item.price);
    const wanted = this.form.querySelector('[name="wanted_date"]');
    if (date && !date.value && wanted) date.value = wanted.value;
    this.warn(this.cell(row, "item"), "");
  }

  // A price that came from the rules follows quantity and customer; one that was typed stays.
  putPrice(cell, price) {
    cell.value = price;
    cell.dataset.auto = price;
  }

  async reprice(row) {
    const [item, quantity, price] = ["item", "quantity", "unit_price"].map((name) => this.cell(row, name));
    const code = item.value.trim();
    if (!code || !price || (price.value && price.value !== price.dataset.auto)) return;
    const asked = quantity.value;
    const found = (await this.lookup(code, undefined, asked)).find((each) => each.code.toLowerCase() === code.toLowerCase());
    if (!found || quantity.value !== asked || item.value.trim() !== code) return;
    if (price.value && price.value !== price.dataset.auto) return; // typed over meanwhile
    this.putPrice(price, found.price);
    this.count();
  }

  warn(cell, text) {
    const old = cell.parentElement.querySelector("[data-client]");
    if (old) old.remove();
    cell.classList.toggle("warn", Boolean(text));
    if (!text) return;
    const line = document.createElement("div");
    line.className = "find soon";
    line.dataset.client = "";
    line.textContent = text;
    cell.parentElement.append(line);
  }

  // ----- undo: the values of all rows, and how many there were -----
  remember() {
    this.before = {
      total: Number(this.total.value),
      rows: this.rows(true).map((row) => ({
        gone: row.classList.contains("gone"),
        unit: row.querySelector("[data-unit]").textContent,
        values: FIELDS.map((name) => this.cell(row, name)?.value ?? ""),
      })),
    };
  }

  undo() {
    if (!this.before) return;
    const state = this.before;
    this.before = null;
    this.rows(true).slice(state.rows.length).forEach((row) => row.remove());
    this.total.value = state.total;
    this.rows(true).forEach((row, i) => {
      const old = state.rows[i];
      FIELDS.forEach((name, n) => { const cell = this.cell(row, name); if (cell) cell.value = old.values[n]; });
      row.querySelector("[data-unit]").textContent = old.unit;
      row.classList.toggle("gone", old.gone);
      const mark = this.mark(row);
      if (mark) mark.checked = old.gone;
      this.warn(this.cell(row, "item"), "");
    });
    this.count();
    this.tell("");
    this.focus(this.rows()[0], "item");
  }

  tell(text) {
    if (this.status) this.status.textContent = text;
    if (this.undoButton) this.undoButton.hidden = !this.before;
  }

  // ----- amounts and totals -----
  count() {
    const rate = scaled(this.table.dataset.taxRate || "0", 2);
    let gross = 0n;
    let tax = 0n;
    const rows = this.rows();
    const numberOf = (row) => Number(row.querySelector('[name$="-line_no"]')?.value || 0);
    let following = Math.max(Number(this.form.querySelector('[name="last_no"]')?.value || 0), ...rows.map(numberOf));
    const lastFilled = rows.findLastIndex((row) => !this.isEmpty(row));
    rows.forEach((row, i) => {
      const number = numberOf(row); // a line keeps its number for life; a new one gets the next, an empty row between none
      const counts = !number && (i > lastFilled || !this.isEmpty(row));
      if (counts) following += 1;
      row.querySelector("[data-no]").textContent = number || (counts ? following : "");
      const sum = amountOf(this.cell(row, "quantity")?.value || "", this.cell(row, "unit_price")?.value || "");
      row.querySelector("[data-amount]").textContent = sum === null ? "" : showCents(sum);
      if (sum === null) return;
      gross += sum;
      tax += halfUp(sum * rate, 10000n + rate); // per line, as the server rounds
    });
    const sums = { gross, tax, net: gross - tax };
    for (const [name, cents] of Object.entries(sums)) {
      this.form.querySelectorAll(`[data-sum="${name}"]`).forEach((place) => { place.textContent = showCents(cents); });
    }
  }
}

// ---------- completion of items: an ARIA combobox shared by all item cells ----------
class Completion {
  constructor(grid) {
    this.grid = grid;
    this.items = [];
    this.at = -1;
    this.box = document.createElement("div");
    this.box.className = "pop";
    this.box.hidden = true;
    this.list = document.createElement("ul");
    this.list.id = "item-options";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", grid.words.wOptions);
    this.box.append(this.list);
    document.body.append(this.box);
    const body = grid.body;
    body.addEventListener("focusin", (event) => this.dress(event.target));
    body.addEventListener("input", (event) => this.isItem(event.target) && !event.isComposing && this.later(event.target));
    body.addEventListener("compositionend", (event) => this.isItem(event.target) && this.later(event.target));
    body.addEventListener("keydown", (event) => this.isItem(event.target) && this.onKey(event), true);
    body.addEventListener("focusout", () => this.close());
    window.addEventListener("resize", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the cell keeps the focus
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.at));
    });
  }

  isItem(node) {
    return node.dataset?.cell === "item";
  }

  dress(cell) {
    if (!this.isItem(cell) || cell.getAttribute("role") === "combobox") return;
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id], ["autocomplete", "off"]]) {
      cell.setAttribute(name, value);
    }
  }

  later(cell) {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (!cell.value.trim()) return this.close();
    this.timer = setTimeout(() => this.ask(cell), 180);
  }

  async ask(cell) {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const text = cell.value.trim();
    const items = await this.grid.lookup(text, asking.signal);
    if (asking.signal.aborted || document.activeElement !== cell || cell.value.trim() !== text) return;
    this.show(cell, items.slice(0, 12), text);
  }

  show(cell, items, text) {
    this.cell = cell;
    this.items = items;
    this.list.replaceChildren(...(items.length ? items.map((item, i) => this.option(item, i, text)) : [this.nothing()]));
    const place = cell.getBoundingClientRect();
    this.box.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - 488)) + window.scrollX}px`;
    this.box.style.top = `${place.bottom + 4 + window.scrollY}px`;
    this.box.hidden = false;
    cell.setAttribute("aria-expanded", "true");
    this.move(items.length ? 0 : -1);
  }

  nothing() {
    const line = document.createElement("li");
    line.className = "hint";
    line.setAttribute("role", "presentation");
    line.textContent = this.grid.words.wNone;
    return line;
  }

  option(item, i, text) {
    const line = document.createElement("li");
    line.id = `item-option-${i}`;
    line.dataset.at = i;
    line.setAttribute("role", "option");
    const code = document.createElement("b");
    code.append(...this.marked(item.code, text));
    const hint = document.createElement("span");
    hint.className = "hint";
    const days = item.lead_days ? this.grid.words.wDays.replace("{n}", item.lead_days) : "";
    const price = item.price ? showCents(scaled(String(item.price), 2)) : "";
    hint.textContent = ` ${[item.unit, price, days, item.hint].filter(Boolean).join(" · ")}`;
    line.append(code, " ", ...this.marked(item.name || "", text), hint);
    return line;
  }

  marked(text, part) {
    const at = text.toLowerCase().indexOf(part.toLowerCase());
    if (at < 0) return [text];
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + part.length);
    return [text.slice(0, at), mark, text.slice(at + part.length)];
  }

  move(at) {
    this.at = at;
    [...this.list.children].forEach((line, i) => {
      line.classList.toggle("on", i === at);
      if (line.getAttribute("role") === "option") line.setAttribute("aria-selected", String(i === at));
    });
    if (at >= 0) {
      this.cell.setAttribute("aria-activedescendant", `item-option-${at}`);
      this.list.children[at].scrollIntoView({ block: "nearest" });
    } else this.cell.removeAttribute("aria-activedescendant");
  }

  // Runs before the grid's own keys: while the list is open, arrows, Enter and Esc belong to it.
  onKey(event) {
    if (event.isComposing) return;
    if (this.box.hidden) {
      if (event.key === "ArrowDown" && event.altKey) { event.preventDefault(); this.ask(event.target); }
      return;
    }
    const count = this.items.length;
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); this.close(); }
    else if (event.key === "ArrowDown" && count) { event.preventDefault(); this.move((this.at + 1) % count); }
    else if (event.key === "ArrowUp" && count) { event.preventDefault(); this.move((this.at + count - 1) % count); }
    else if (event.key === "Enter" && this.at >= 0 && !event.ctrlKey) { event.preventDefault(); this.choose(this.at); }
  }

  choose(at) {
    const { cell, grid } = this;
    const row = cell.closest("tr");
    cell.value = this.items[at].code;
    const price = grid.cell(row, "unit_price");
    if (price && (!price.value || price.value === price.dataset.auto || this.items[at].price)) grid.putPrice(price, this.items[at].price); // another item, another price
    grid.fill(row, this.items[at]);
    if (grid.cell(row, "quantity")?.value) grid.reprice(row);
    this.close();
    grid.count();
    grid.focus(row, "quantity");
  }

  close() {
    clearTimeout(this.timer);
    this.box.hidden = true;
    this.cell?.setAttribute("aria-expanded", "false");
    this.cell?.removeAttribute("aria-activedescendant");
  }
}

// ---------- the customer: found by name, code or initials of its pinyin; what is known of it fills empty fields ----------
class CustomerField {
  constructor(select) {
    this.select = select;
    this.form = select.form;
    if (window.TomSelect) {
      select.classList.remove("form-select", "select"); // their frame would be drawn around the search field's own
      select.classList.add("finder");
      // Without the throttle a late search never opens the list again under a clerk who has chosen and types on elsewhere.
      new window.TomSelect(select, { maxOptions: 50, searchField: ["text", "find"], dropdownParent: "body", refreshThrottle: 0, closeAfterSelect: true });
    }
    select.addEventListener("change", () => this.tell(true));
    this.tell(false);
  }

  tell(changed) {
    const chosen = this.select.tomselect ? this.select.tomselect.options[this.select.value] : this.select.selectedOptions[0]?.dataset;
    const place = this.select.parentElement.parentElement.querySelector("[data-customer-hint]");
    if (place) place.textContent = chosen?.hint || "";
    if (!changed || !chosen) return;
    for (const name of ["contact_name", "contact_phone"]) {
      const field = this.form.querySelector(`[name="${name}"]`);
      if (field && !field.value && chosen[name]) field.value = chosen[name];
    }
  }
}

// ---------- "#set:field=value": the cure of a finding, put into its field ----------
function onCure(event) {
  const link = event.target.closest?.('a[href^="#set:"]');
  if (!link) return;
  event.preventDefault();
  const [, name, value] = decodeURIComponent(link.getAttribute("href")).match(/^#set:([^=]+)=(.*)$/s) || [];
  const field = name && document.querySelector(`[name="${CSS.escape(name)}"]`);
  if (!field) return;
  if (field.tomselect) field.tomselect.setValue(value);
  else field.value = value;
  link.closest(".find").remove();
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.querySelectorAll("table[data-entry]").forEach((table) => {
  const grid = new Grid(table);
  new Completion(grid);
  grid.form.addEventListener("change", (event) => /^(customer|currency)$/.test(event.target.name) && grid.rows().forEach((row) => grid.reprice(row)));
});
document.querySelectorAll("select[data-customer]").forEach((select) => new CustomerField(select));
document.addEventListener("click", onCure);
