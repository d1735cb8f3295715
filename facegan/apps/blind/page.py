"""The page of the blind choice: one file, no other place is asked for anything."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Which edit is better?</title>
<style>
:root { --ink: #16191f; --soft: #667085; --line: #e4e7ec; --accent: #1f5eff; --tint: #f2f6ff; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
#bar { height: 4px; background: var(--line); }
#bar div { height: 100%; width: 0; background: var(--accent); transition: width .15s; }
main { max-width: 900px; margin: 0 auto; padding: 22px 20px 40px; text-align: center; }
h1 { margin: 0; font-size: 24px; letter-spacing: -.01em; }
.question { margin: 4px 0 18px; color: var(--soft); }
.given, .edits { display: flex; justify-content: center; gap: 18px; }
figure { margin: 0; }
figcaption { margin-bottom: 4px; color: var(--soft); font-size: 13px; }
.given img { width: 240px; height: 240px; }
.edits { margin-top: 20px; gap: 24px; }
img { display: block; border-radius: 8px; border: 1px solid var(--line); }
button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--line); border-radius: 10px;
  background: #fff; }
button:disabled { opacity: .4; cursor: default; }
button:hover { border-color: var(--accent); background: var(--tint); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.edits button { padding: 12px 12px 8px; }
.edits img { width: 320px; max-width: 40vw; height: auto; }
.edits span { display: block; margin-top: 6px; }
.rest { margin-top: 18px; display: flex; justify-content: center; gap: 12px; }
.rest button { padding: 8px 16px; }
kbd { padding: 1px 7px; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 5px; font: inherit;
  font-size: 13px; background: #fff; }
#count, #error { margin-top: 14px; color: var(--soft); font-size: 13px; }
#error { color: #b42318; }
[hidden] { display: none !important; }
</style>
</head>
<body>
<div id="bar" role="progressbar" aria-label="answered"><div></div></div>
<main id="task" hidden>
  <h1>Which edit is better?</h1>
  <p class="question" aria-live="polite"></p>
  <div class="given">
    <figure><figcaption>the face</figcaption><img id="source" alt="the face before the edit"></figure>
    <figure id="worn"><figcaption>the exemplar</figcaption><img id="exemplar" alt="the exemplar"></figure>
  </div>
  <div class="edits">
    <button id="left"><img id="leftImage" alt="the edit on the left"><span>left <kbd>←</kbd></span></button>
    <button id="right"><img id="rightImage" alt="the edit on the right"><span>right <kbd>→</kbd></span></button>
  </div>
  <div class="rest">
    <button id="same">no difference <kbd>↓</kbd></button>
    <button id="back">back <kbd>Backspace</kbd></button>
  </div>
  <p id="count"></p>
</main>
<main id="end" hidden>
  <h1>Thank you.</h1>
  <p class="question">All pairs are answered. What came of it is shown where the command was given.</p>
  <div class="rest">
    <button id="finish">finish <kbd>Enter</kbd></button>
    <button id="again">back <kbd>Backspace</kbd></button>
  </div>
</main>
<p id="error" role="alert" hidden style="text-align:center"></p>
<script>
"use strict";
const $ = (id) => document.getElementById(id);
let pair = null, busy = false, over = false;

function show(state) {
  pair = state.pair;
  document.querySelector("#bar div").style.width = (100 * state.done / Math.max(1, state.total)) + "%";
  $("task").hidden = pair === null;
  $("end").hidden = pair !== null;
  if (pair === null) return;
  document.querySelector("#task .question").textContent = pair.question;
  $("source").src = pair.source;
  $("worn").hidden = pair.exemplar === null;
  if (pair.exemplar !== null) $("exemplar").src = pair.exemplar;
  $("leftImage").src = pair.left;
  $("rightImage").src = pair.right;
  $("back").disabled = state.done === 0;
  $("count").textContent = (state.done + 1) + " of " + state.total;
}

async function ask(path, body) {
  if (busy || over) return;
  busy = true;
  try {
    const options = body === undefined ? {} :
      { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(path, options);
    if (!answer.ok) throw new Error(answer.statusText);
    show(await answer.json());
    $("error").hidden = true;
    if (path === "/finish") {
      over = true;
      $("end").querySelector(".rest").hidden = true;
      $("end").querySelector("p").textContent = "This page can be closed.";
    }
  } catch (problem) {
    $("error").textContent = "Not stored: the command that serves this page has ended. Give it again to go on.";
    $("error").hidden = false;
  } finally {
    busy = false;
  }
}

const choose = (side) => { if (pair !== null) ask("/choose", { pair: pair.id, side: side }); };
const keys = { ArrowLeft: () => choose("left"), ArrowRight: () => choose("right"), ArrowDown: () => choose("same"),
  Backspace: () => ask("/back", {}), Enter: () => { if (pair === null) ask("/finish", {}); } };
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
  if (event.key === "Enter" && pair !== null) return;  // on a focused button it is a click
  event.preventDefault();
  keys[event.key]();
});
for (const side of ["left", "right", "same"]) $(side).addEventListener("click", () => choose(side));
for (const name of ["back", "again"]) $(name).addEventListener("click", () => ask("/back", {}));
$("finish").addEventListener("click", () => ask("/finish", {}));
ask("/state");
</script>
</body>
</html>
"""
