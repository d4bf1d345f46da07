/* A signature drawn with finger or mouse; it travels as a PNG in a hidden field. Without this script the typed name is the signature. */
"use strict";

function startSigning() {
  const canvas = document.querySelector("canvas[data-sign]");
  const field = document.querySelector("[data-sign-picture]");
  if (!canvas || !field) return;
  const pen = canvas.getContext("2d");
  let drawing = false;

  function fit() {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const width = Math.round(canvas.clientWidth * ratio);
    if (!width || canvas.width === width) return;
    canvas.width = width;
    canvas.height = Math.round(canvas.clientHeight * ratio);
    pen.scale(ratio, ratio);
    pen.lineWidth = 2.5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#16212b";
    field.value = "";
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function begin(event) {
    event.preventDefault();
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
  }

  function move(event) {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  }

  function finish() {
    if (!drawing) return;
    drawing = false;
    field.value = canvas.toDataURL("image/png");
  }

  function clear() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
  }

  fit();
  window.addEventListener("resize", fit);
  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", finish);
  canvas.addEventListener("pointercancel", finish);
  document.querySelector("[data-sign-clear]").addEventListener("click", clear);
}

startSigning();
