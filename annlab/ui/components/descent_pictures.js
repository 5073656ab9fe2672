// Pictures of a descent: the loss over w and b with the paths, the fit, the loss curves. Needs
// drawing.js, network.js, contours.js and descent_math.js.

const GRID = 56; // positions along each side of the map
const LEVELS = 11;
const EDGE = { left: 42, right: 10, top: 8, bottom: 30 };
const DIRECTION = 44; // pixels of an arrow that shows a direction only
const FLOOR = 1e-6; // share of the first loss: below, the decades would leave no room for the rest

// Round positions of ticks.
function ticks([low, high], most = 5) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((k) => k * power >= rough) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high + 1e-9; k++) found.push(k * step);
  return found;
}
// Round values between two powers of ten: 1, 2 and 5 of each decade, or fewer over many decades.
function logTicks([low, high]) {
  const of_decade = high - low < 2.5 ? [1, 2, 5] : [1];
  const found = [];
  for (let power = Math.floor(low); power <= high; power++) found.push(...of_decade.map((k) => k * 10 ** power));
  const inside = found.filter((value) => value >= 10 ** low && value <= 10 ** high);
  return inside.length > 1 ? inside : ticks([10 ** low, 10 ** high], 3).filter((value) => value > 0);
}
const exponentText = (value) => (value < 1e-3 ? value.toExponential(0).replace("-", "−") : tickText(value));

// The lowest loss that the curves show, and what is said about it.
export const floorOf = (race) => Math.max(1e-12, FLOOR * race.lanes[0].path.losses[0]);
export function floorText(race) {
  const floor = floorOf(race);
  const lower = race.lanes.some(({ path }) => path.losses.some((loss) => loss < floor));
  return lower ? `; those below ${exponentText(Number(floor.toPrecision(1)))} are drawn at the bottom` : "";
}

const tickText = (value) => String(Number(value.toPrecision(6))).replace("-", "−");

// A canvas with axes: positions by value, and the inner size.
function axes(place, label, width, height, x, y, look, names, y_ticks = null) {
  const canvas = canvasOf(width, height, label);
  place.replaceChildren(canvas);
  const context = canvas.getContext("2d");
  const inner = { width: width - EDGE.left - EDGE.right, height: height - EDGE.top - EDGE.bottom };
  const to = {
    x: (value) => EDGE.left + ((value - x[0]) / (x[1] - x[0])) * inner.width,
    y: (value) => EDGE.top + (1 - (value - y[0]) / (y[1] - y[0])) * inner.height,
  };
  context.font = "11px sans-serif";
  context.fillStyle = look.muted;
  context.strokeStyle = look.faint;
  context.lineWidth = 1;
  context.strokeRect(EDGE.left, EDGE.top, inner.width, inner.height);
  context.textAlign = "center";
  ticks(x).forEach((value) => context.fillText(tickText(value), to.x(value), height - 17));
  context.fillText(names[0], EDGE.left + inner.width / 2, height - 4);
  context.textAlign = "right";
  (y_ticks ?? ticks(y).map((value) => [value, tickText(value)])).forEach(([value, text]) => context.fillText(text, EDGE.left - 5, to.y(value) + 4));
  context.save();
  context.translate(10, EDGE.top + inner.height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.fillText(names[1], 0, 0);
  context.restore();
  context.beginPath();
  context.rect(EDGE.left, EDGE.top, inner.width, inner.height);
  return { context, to, inner };
}

// The loss over the view as an image with contour lines; kept until the loss or the size changes.
function background(problem, view, inner, look) {
  const values = lossGrid(problem, view, GRID);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (value) => Math.cbrt((value - low) / (high - low || 1));
  const image = canvasOf(inner.width, inner.height);
  const small = new OffscreenCanvas(GRID, GRID);
  const pixels = new ImageData(GRID, GRID);
  const [ink] = [look.ink].map((color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16)));
  values.forEach((value, k) => pixels.data.set([...ink, Math.round(90 * share(value))], 4 * k));
  small.getContext("2d").putImageData(pixels, 0, 0);
  const context = image.getContext("2d");
  context.drawImage(small, 0, 0, inner.width, inner.height);
  context.strokeStyle = look.faint;
  for (let k = 1; k < LEVELS; k++) {
    context.beginPath();
    for (const [x0, y0, x1, y1] of contour(values, GRID, low + (high - low) * (k / LEVELS) ** 3)) {
      context.moveTo(x0 * inner.width, y0 * inner.height);
      context.lineTo(x1 * inner.width, y1 * inner.height);
    }
    context.stroke();
  }
  return image;
}

export class DescentPictures {
  constructor(data, places) {
    this.data = data;
    this.places = places;
  }

  // `race`: problem, view, lanes with their paths, shown step, and the lane with arrows.
  paint(race) {
    this.paintMap(race);
    this.paintFit(race);
    this.paintCurves(race);
  }

  size(place, height) {
    return [Math.max(240, Math.floor(place.clientWidth || 300)), height];
  }

  paintMap(race) {
    const { look } = this.data;
    const { map } = this.places;
    const [width, height] = this.size(map, race.height);
    const { view } = race;
    const { context, to, inner } = axes(map, race.label, width, height, view.w, view.b, look, ["weight w", "bias b"]);
    const key = [race.key, width, height, look.ink].join();
    if (this.kept?.key !== key) this.kept = { key, image: background(race.problem, view, inner, look) };
    this.to = to;
    this.inner = inner;
    context.save();
    context.clip();
    context.drawImage(this.kept.image, EDGE.left, EDGE.top, inner.width, inner.height);
    const at = (pair) => [to.x(pair[0]), to.y(pair[1])];
    if (race.minimum) {
      context.fillStyle = look.ink;
      marker(context, "x", ...at(race.minimum.parameters), 5);
      context.fill();
    }
    for (const lane of race.lanes) {
      context.strokeStyle = context.fillStyle = lane.color;
      context.lineWidth = 1.6;
      // Steps to come are faint.
      const places = lane.path.pairs.map(at);
      for (const [alpha, some] of [[0.35, places.slice(race.step)], [1, places.slice(0, race.step + 1)]]) {
        context.globalAlpha = alpha;
        path(context, some.length, (k) => some[k][0], (k) => some[k][1]);
        context.stroke();
        for (const place of some) {
          marker(context, "circle", ...place, 1.9);
          context.fill();
        }
      }
    }
    context.globalAlpha = 1;
    for (const lane of race.lanes) {
      context.fillStyle = lane.color;
      context.strokeStyle = look.paper;
      context.lineWidth = 1.5;
      marker(context, lane.symbol, ...at(lane.pair(race.step)), 6);
      context.fill();
      context.stroke();
    }
    ring(context, ...at(race.start), 9, look.ink);
    ring(context, ...at(race.start), 4, look.ink);
    this.paintArrows(context, race, at);
    context.restore();
  }

  // Downhill, the memory and the direction after scaling as arrows of one length; the step as it is.
  paintArrows(context, race, at) {
    const lane = race.lanes[race.arrows];
    const stages = lane.path.stages[race.step];
    if (!stages) return;
    const { look } = this.data;
    const from = at(lane.path.pairs[race.step]);
    const last = (symbols) => stages.filter(({ symbol }) => symbols.includes(symbol)).at(-1);
    const scaled = stages.find(({ name }) => name === "scaling");
    const shown = [["−g", stages[0].values, [2, 3]]];
    const memory = last(["v", "m", "m̂"]);
    if (memory) shown.push([`−${memory.symbol}`, memory.values, [6, 4]]);
    if (scaled || last(["d"])) shown.push(["−d", last(["d"]).values, [10, 3, 2, 3]]);
    for (const [text, values, dash] of shown) {
      const ahead = at(lane.path.pairs[race.step].map((value, k) => value - values[k]));
      const length = Math.hypot(ahead[0] - from[0], ahead[1] - from[1]);
      if (!(length > 0) || !Number.isFinite(length)) continue;
      const end = from.map((value, k) => value + ((ahead[k] - value) * DIRECTION) / length);
      arrow(context, from, end, look, look.ink, 1.4, dash, text);
    }
    arrow(context, from, at(lane.path.pairs[race.step + 1]), look, lane.color, 3.2, [], "step");
  }

  paintFit(race) {
    const { look, class_colors, class_symbols } = this.data;
    const { x, y, output_activation } = race.problem;
    const [width, height] = this.size(this.places.fit, race.height);
    const range = (values, margin) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return [low - margin * (high - low), high + margin * (high - low)];
    };
    const [along, up] = [range(x, 0.08), range(y, race.isClasses ? 0.3 : 0.15)];
    const label = `Samples, and the model of each optimizer after step ${race.step}`;
    const { context, to } = axes(this.places.fit, label, width, height, along, up, look, ["x", race.isClasses ? "class, output" : "y"]);
    context.save();
    context.clip();
    x.forEach((value, i) => {
      context.fillStyle = race.isClasses ? class_colors[y[i]] : look.muted;
      context.globalAlpha = 0.75;
      marker(context, race.isClasses ? class_symbols[y[i]] : "circle", to.x(value), to.y(y[i]), 3.2);
      context.fill();
    });
    context.globalAlpha = 1;
    const f = ACTIVATIONS[output_activation][0];
    const curve = ([w, b]) => {
      const at = (k) => along[0] + ((along[1] - along[0]) * k) / 80;
      path(context, 81, (k) => to.x(at(k)), (k) => to.y(Math.max(-1e4, Math.min(1e4, f(w * at(k) + b)))));
      context.stroke();
    };
    if (race.minimum) {
      context.strokeStyle = look.ink;
      context.lineWidth = 1.2;
      context.setLineDash([4, 4]);
      curve(race.minimum.parameters);
      context.setLineDash([]);
    }
    for (const lane of race.lanes) {
      context.strokeStyle = lane.color;
      context.lineWidth = 2.2;
      curve(lane.pair(race.step));
    }
    context.restore();
  }

  paintCurves(race) {
    const { look } = this.data;
    const [width, height] = this.size(this.places.curves, race.height);
    const first = race.lanes[0].path.losses[0];
    const all = race.lanes.flatMap((lane) => lane.path.losses).filter((loss) => loss > 0 && loss <= 10 * first);
    const floor = floorOf(race);
    const log = (value) => Math.log10(Math.max(value, floor));
    const lowest = Math.min(...all, race.minimum?.loss || Infinity);
    const span = Math.max(log(Math.max(...all)) - log(lowest), 0.05);
    const y = [log(lowest) - 0.06 * span, log(lowest) + 1.06 * span];
    const marks = logTicks(y).map((value) => [Math.log10(value), exponentText(value)]);
    const label = `Loss of all samples after each step: ${race.lanes.map((lane) => `${lane.label} ${shown(lane.loss(race.step))}`).join(", ")}`;
    const { context, to, inner } = axes(this.places.curves, label, width, height, [0, race.n_steps], y, look, ["step", "loss (log scale)"], marks);
    context.save();
    context.clip();
    context.strokeStyle = look.muted;
    context.lineWidth = 1;
    path(context, 2, () => to.x(race.step), (k) => EDGE.top + k * inner.height);
    context.stroke();
    if (race.minimum) {
      context.strokeStyle = look.ink;
      context.setLineDash([4, 4]);
      path(context, 2, (k) => EDGE.left + k * inner.width, () => to.y(log(race.minimum.loss)));
      context.stroke();
      context.setLineDash([]);
    }
    for (const lane of race.lanes) {
      const { losses } = lane.path;
      context.strokeStyle = context.fillStyle = lane.color;
      context.lineWidth = 1.8;
      path(context, losses.length, (k) => to.x(k), (k) => to.y(Math.min(log(losses[k]), y[1] + 9)));
      context.stroke();
      marker(context, lane.symbol, to.x(Math.min(race.step, losses.length - 1)), to.y(log(lane.loss(race.step))), 4.5);
      context.fill();
    }
    context.restore();
  }
}

function arrow(context, from, to, look, color, width, dash, text) {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (!(length > 1)) return;
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  path(context, 2, (k) => [from, to][k][0], (k) => [from, to][k][1]);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  const head = Math.min(5 + width, length);
  for (const turn of [0, 2.6, -2.6]) {
    const reach = turn ? head * 1.2 : 0;
    context.lineTo(to[0] + reach * Math.cos(angle + turn), to[1] + reach * Math.sin(angle + turn));
  }
  context.closePath();
  context.fill();
  context.font = "600 12px sans-serif";
  context.textAlign = "center";
  const place = [to[0] + 14 * Math.cos(angle), to[1] + 14 * Math.sin(angle) + 4];
  context.strokeStyle = look.paper;
  context.lineWidth = 3;
  context.strokeText(text, ...place);
  context.fillText(text, ...place);
}
