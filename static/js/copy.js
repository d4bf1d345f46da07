// A button that puts an address on the clipboard. The older command, because the newer one is refused on a plain http address in the house.
function onCopy(event) {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const words = document.createRange();
  words.selectNodeContents(document.getElementById(button.dataset.copies));
  getSelection().removeAllRanges();
  getSelection().addRange(words);
  if (document.execCommand("copy")) button.textContent = button.dataset.done;
}

document.querySelectorAll("[data-copies]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", onCopy);
