// A place in the plane of some charts, chosen by a click or by its coordinates, and the polygon
// around it in each chart.

const TELL_MS = 150;
const LOOK_AGAIN_MS = 200;
const STEPS = 50; // of an arrow key, along each side

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.annlab?.stop();
  const { names, ranges, charts, ink, place: from_server } = JSON.parse(data.places);
  const part = (name) => parentElement.querySelector(`[data-part=${name}]`);
  const inputs = [part("x"), part("y")];
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  const overlays = charts.map(({ key }) => new Overlay(key, 0, "annlab-mark"));
  let place = from_server;
  let [telling, waiting, looking] = [null, null, null];

  const at = ([[x0, x1], [y0, y1]], [x, y]) => [Math.min(x1, Math.max(x0, x)), Math.min(y1, Math.max(y0, y))];
  const digits = ranges.map(([low, high]) => Math.max(0, 2 - Math.floor(Math.log10(high - low))));

  function draw() {
    let missing = false;
    overlays.forEach((overlay, i) => {
      const canvas = overlay.start();
      if (!canvas) {
        missing = true;
        return;
      }
      overlay.show(false);
      if (!place) return;
      const { context, to } = canvas;
      // The polygon of an earlier place would be a wrong one.
      if (place === from_server && charts[i].polygon) {
        context.beginPath();
        for (const [x, y] of charts[i].polygon) context.lineTo(to.x(x), to.y(y));
        context.closePath();
        context.lineWidth = 2.5;
        context.strokeStyle = charts[i].color;
        context.stroke();
      }
      ring(context, to.x(place[0]), to.y(place[1]), 5, ink);
    });
    // The charts may come later than this component.
    if (missing) looking ??= setTimeout(() => ((looking = null), drawSoon()), LOOK_AGAIN_MS);
  }

  function drawSoon() {
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      if (!listening.signal.aborted) draw();
    });
  }

  function write() {
    inputs.forEach((input, k) => {
      if (parentElement.activeElement === input && place) return; // a student is typing
      input.value = place ? place[k].toFixed(digits[k]) : "";
    });
    part("clear").disabled = !place;
  }

  function choose(chosen, after = 0) {
    place = chosen && at(ranges, chosen);
    write();
    drawSoon();
    clearTimeout(telling);
    telling = setTimeout(() => setTriggerValue("place", place ?? []), after);
  }

  function pick(event) {
    const i = charts.findIndex(({ key }) => event.target.closest?.(`.st-key-${key} .js-plotly-plot`));
    const canvas = i >= 0 && overlays[i].start();
    if (!canvas) return;
    const box = overlays[i].canvas.getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    if (u < 0 || v < 0 || u > 1 || v > 1) return void drawSoon(); // on an axis or the legend
    const along = ({ range: [low, high] }, share) => low + (high - low) * share;
    const { xaxis, yaxis } = canvas.layout;
    choose([along(xaxis, u), along(yaxis, 1 - v)]);
  }

  ["x", "y"].forEach((name, k) => setText(part(`name-${name}`), names[k]));
  inputs.forEach((input, k) => {
    const [low, high] = ranges[k];
    input.step = String(Number(((high - low) / STEPS).toPrecision(1)));
    on(input, "input", () => {
      if (input.value === "") return;
      const chosen = place ? [...place] : ranges.map(([from, to]) => (from + to) / 2);
      chosen[k] = Number(input.value);
      choose(chosen, TELL_MS); // an arrow key may be held down
    });
    on(input, "blur", write);
  });
  on(part("clear"), "click", () => choose(null));
  on(document, "click", pick);
  const sizes = new ResizeObserver(drawSoon);
  for (const { key } of charts) {
    const host = document.querySelector(`.st-key-${key}`);
    if (host) sizes.observe(host);
  }
  write();
  drawSoon();

  parentElement.annlab = {
    stop() {
      listening.abort();
      clearTimeout(telling);
      clearTimeout(looking);
      sizes.disconnect();
      overlays.forEach((overlay) => overlay.remove());
    },
  };
  return parentElement.annlab.stop;
}
