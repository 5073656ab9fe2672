// A pad on which points are drawn: of classes on a plane, or of a curve. Needs drawing.js,
// pad_points.js and pad_picture.js.

const REST_MS = 200; // after which the server hears of points that keys have changed
const [LARGEST, SMALLEST, BESIDE] = [440, 260, 250]; // side of the pad; height of all else on a screen
const [KEY_STEP, FINE_STEP] = [0.25, 0.05]; // units of the axes by which an arrow key moves
const ERASER = 0.4; // least radius of the eraser, in units of the axes
const STEP = 0.3; // least distance of points on a dragged line
const JITTER = 0.15; // standard deviation
// Several points at one place would look like one.
const LEAST_SPREAD = 0.2;
const ON_EDGE = 0.2; // a click this far beyond the edge still counts
const [MOST_COUNT, MOST_SPREAD] = [10, 2];
const ERASES = -1;

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  parentElement.annlab?.stop();
  const d = JSON.parse(data.pad);
  const units = (value) => value * d.per_unit;
  // Kept beside the page: a tab that is left and opened again makes new elements.
  const kept = (window.annlabPad ??= { mode: d.mode, brush: 0, count: 1, spread: 0, cursor: [0, 0],
    pads: Object.fromEntries(Object.keys(d.modes).map((name) => [name, new PadPoints([], d)])) });
  if (kept.edition !== d.edition) {
    Object.assign(kept, { edition: d.edition, mode: d.mode, isUnsent: false });
    kept.pads[d.mode].load(d.points);
  }
  const part = (name) => parentElement.querySelector(`[data-part=${name}]`);
  const map = part("map");
  const picture = new PadPicture(map, d);
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  let [timer, waiting, hover, pointer] = [null, null, null, null];

  const pad = () => kept.pads[kept.mode];
  const hasClasses = () => d.modes[kept.mode].has_classes;

  // --- drawing

  function drawSoon() {
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      if (!listening.signal.aborted) draw();
    });
  }

  function radiusOf(erases) {
    if (erases) return units(Math.max(ERASER, kept.spread));
    return units(kept.count > 1 ? Math.max(LEAST_SPREAD, kept.spread) : kept.spread);
  }

  function draw() {
    const { axis_names: names } = d.modes[kept.mode];
    const room = part("pad").clientWidth;
    picture.resize(Math.round(Math.max(SMALLEST, Math.min(LARGEST, room, window.innerHeight - BESIDE))));
    const erases = pointer ? pointer.erases : kept.brush === ERASES;
    picture.paint({
      points: pad().points, names, hasClasses: hasClasses(),
      brush: hover && { at: hover, radius: radiusOf(erases) },
      cursor: map.matches(":focus-visible") ? kept.cursor : null,
    });
    const [x, y] = kept.cursor.map((value) => value / d.per_unit);
    map.setAttribute("aria-label", `Pad. Cursor at ${names[0]} = ${x}, ${names[1]} = ${y}. ` +
      "Arrow keys move it, Enter draws, Delete erases.");
    const counts = pad().counts(d.classes.length);
    part("brushes").querySelectorAll("b").forEach((place, k) => setText(place, counts[k].toLocaleString("en")));
    const total = pad().points.length.toLocaleString("en");
    const most = d.most.toLocaleString("en");
    setText(part("counts"), pad().isFull ? `${total} points: the pad is full. Erase some to draw others.` : `${total} of at most ${most} points.`);
    part("undo").disabled = !pad().past.length;
    part("redo").disabled = !pad().future.length;
    part("clear").disabled = part("jitter").disabled = !pad().points.length;
  }

  function report(after = 0) {
    drawSoon();
    kept.isUnsent = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      kept.isUnsent = false;
      setStateValue("points", JSON.stringify({ edition: d.edition, mode: kept.mode, points: pad().points }));
    }, after);
  }

  // --- tools

  function use(at, erases) {
    if (erases) pad().erase(at, radiusOf(true));
    else pad().put(at, hasClasses() ? Math.max(0, kept.brush) : 0, { count: kept.count, spread: radiusOf(false) });
  }

  function once(erases) {
    pad().begin();
    use(kept.cursor, erases);
    if (pad().end()) report(REST_MS);
  }

  function follow(event) {
    const at = pad().inside(picture.at(event));
    const spacing = pointer.erases ? units(ERASER) / 2 : Math.max(units(STEP), radiusOf(false));
    pad().strokeTo(at, spacing, (place) => use(place, pointer.erases));
    hover = kept.cursor = at;
    drawSoon();
  }

  on(map, "pointerdown", (event) => {
    const at = picture.at(event);
    const isNear = at.every((value) => Math.abs(value) <= d.reach + units(ON_EDGE));
    if (pointer || !isNear || ![0, 2].includes(event.button)) return;
    pointer = { id: event.pointerId, erases: event.button === 2 || event.ctrlKey || kept.brush === ERASES };
    map.setPointerCapture(event.pointerId);
    pad().begin();
    follow(event);
  });
  on(map, "pointermove", (event) => {
    if (pointer?.id === event.pointerId) follow(event);
    else if (!pointer && event.pointerType !== "touch") {
      hover = pad().inside(picture.at(event));
      drawSoon();
    }
  });
  const release = (event) => {
    if (pointer?.id !== event.pointerId) return;
    pointer = null;
    if (event.pointerType === "touch") hover = null;
    if (pad().end()) report();
    drawSoon();
  };
  for (const event of ["pointerup", "pointercancel", "lostpointercapture"]) on(map, event, release);
  on(map, "pointerleave", () => {
    if (!pointer) hover = null;
    drawSoon();
  });
  on(map, "contextmenu", (event) => event.preventDefault());
  for (const event of ["focus", "blur"]) on(map, event, drawSoon);

  // --- keys

  const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  on(map, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = steps[event.key];
    if (by) {
      const step = units(event.shiftKey ? FINE_STEP : KEY_STEP);
      kept.cursor = pad().inside(kept.cursor.map((value, axis) => value + by[axis] * step));
    } else if (event.key === "Enter" || event.key === " ") once(kept.brush === ERASES);
    else if (event.key === "Delete" || event.key === "Backspace") once(true);
    else if (hasClasses() && d.classes[event.key - 1]) choose(event.key - 1);
    else return;
    event.preventDefault();
    drawSoon();
  });
  on(part("pad"), "keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) act("undo", REST_MS);
    else if (key === "y" || key === "z") act("redo", REST_MS);
    else return;
    event.preventDefault();
  });

  // --- choices

  function act(name, after = 0) {
    const changed = name === "jitter" ? pad().jitter(units(JITTER)) : pad()[name]();
    if (changed) report(after);
  }
  for (const name of ["undo", "redo", "jitter", "clear"]) on(part(name), "click", () => act(name));

  function option(group, value, text, isChosen, take, sign = "", count = "") {
    const input = make("input", { type: "radio", name: group, value });
    input.checked = isChosen;
    on(input, "change", take);
    return make("label", {}, input, sign, make("span", { text }), count);
  }

  function choose(brush) {
    kept.brush = brush;
    const input = part("brushes").querySelector(`[value="${brush}"]`);
    if (input) input.checked = true;
    drawSoon();
  }

  function sign({ color, symbol }) {
    const canvas = canvasOf(14, 14);
    const context = canvas.getContext("2d");
    context.fillStyle = color;
    marker(context, symbol, 7, 7, 5);
    context.fill();
    return canvas;
  }

  function drawModes() {
    const take = (name) => () => {
      kept.mode = name;
      drawBrushes();
      report();
    };
    part("modes").replaceChildren(part("modes").querySelector("legend"),
      ...Object.entries(d.modes).map(([name, { label }]) => option("mode", name, label, name === kept.mode, take(name))));
  }

  function drawBrushes() {
    const look = hasClasses() ? d.classes : [{ name: "point", color: d.look.muted, symbol: "circle" }];
    if (kept.brush >= look.length) kept.brush = 0;
    part("brushes").replaceChildren(part("brushes").querySelector("legend"),
      ...look.map((entry, k) => option("brush", k, entry.name, k === kept.brush, () => choose(k), sign(entry), make("b"))),
      option("brush", ERASES, "eraser", kept.brush === ERASES, () => choose(ERASES)));
  }

  function slider(name, most, step, text) {
    const input = part(name);
    Object.assign(input, { min: name === "count" ? 1 : 0, max: most, step, value: kept[name] });
    const say = () => setText(part(`${name}-text`), text(kept[name]));
    on(input, "input", () => {
      kept[name] = Number(input.value);
      say();
      drawSoon();
    });
    say();
  }
  slider("count", MOST_COUNT, 1, String);
  slider("spread", MOST_SPREAD, 0.1, (value) => value.toFixed(1));
  drawModes();
  drawBrushes();
  draw();
  if (kept.isUnsent) report();
  const watcher = new ResizeObserver(drawSoon);
  watcher.observe(part("pad"));
  parentElement.annlab = {
    stop: () => {
      clearTimeout(timer);
      if (pad().end()) kept.isUnsent = true;
      watcher.disconnect();
      listening.abort();
    },
  };
  return parentElement.annlab.stop;
}
