// One update by one sample, in six stops, on the drawn network and as equations. Needs drawing.js.

const SVG = "http://www.w3.org/2000/svg";
const ROW = 62; // pixels between units
const RADIUS = 19;
const SKIPS = 54; // pixels below the units for lines from the inputs straight to the outputs

const CHARACTER = 5; // pixels of a character of a name

const shortened = (name, most) => (name.length > most ? `${name.slice(0, Math.max(1, most - 1))}…` : name);

// Stops: a name, what happens, and which numbers the units show in layer l of a network.
const STOPS = [
  {
    name: "Sum",
    text: () => "Each unit multiplies what comes in by its weights, adds it up, and adds its bias.",
    value: (layer, j) => layer.z[j],
  },
  {
    name: "Activation",
    text: () => "Each unit applies its activation function to its sum. This is what it passes on.",
    value: (layer, j) => layer.a[j],
  },
  {
    name: "Loss",
    text: (d) => `The output is compared with the target ${d.target_text}: the loss of this sample is ${shown(d.loss)}.`,
    value: (layer, j) => layer.a[j],
  },
  {
    name: "Error at the output",
    text: () => "How wrong is the output? The slope of the loss with respect to the output's sum.",
    value: (layer, j, last) => (last ? layer.delta[j] : null),
  },
  {
    name: "Errors of hidden units",
    text: () => "Errors go back along the weights: each unit gets errors × weights from ahead, × its own slope.",
    value: (layer, j) => layer.delta[j],
  },
  {
    name: "Update",
    text: (d) => `The optimizer moves every weight. The loss of this sample goes from ${digits(d.loss)} to ` +
      `${digits(d.loss_after)}, the mean loss of ${d.n_train.toLocaleString("en")} training samples from ` +
      `${digits(d.train_loss)} to ${digits(d.train_loss_after)}. Lines are gradients now, circles are errors.`,
    value: (layer, j) => layer.delta[j],
  },
];
// Five digits, so that a small change is seen.
const digits = (value) => Number(value.toPrecision(5)).toString().replace("-", "−");
const UPDATE = STOPS.length - 1;

const svgOf = (tag, attributes) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

// A matrix of numbers, with names of its columns and rows; pointing at an entry calls
// `point(i, j, whether)`.
function matrix(rows, columns, names = null, point = null) {
  const table = make("table");
  const name = (text, scope) => make("th", { text, scope, title: text });
  table.append(make("tr", {}, ...(names ? [make("td")] : []), ...columns.map((text) => name(text, "col"))));
  rows.forEach((row, i) => table.append(make("tr", {}, ...(names ? [name(names[i], "row")] : []), ...row.map((value, j) => {
    // The brackets stand around the numbers, not around the names.
    const bracket = { ...(j ? {} : { "data-first": "" }), ...(j < row.length - 1 ? {} : { "data-last": "" }) };
    const cell = make("td", { text: shown(value), ...bracket });
    if (point) {
      cell.addEventListener("pointerenter", () => point(i, j, true));
      cell.addEventListener("pointerleave", () => point(i, j, false));
    }
    return cell;
  }))));
  return make("span", { class: "matrix" }, table);
}

export default function (component) {
  const { data, parentElement } = component;
  parentElement.annlab?.stop();
  const kept = parentElement.annlabKept ?? (parentElement.annlabKept = { stop: 0, weight: null });
  const d = JSON.parse(data.steps);
  const part = (name) => parentElement.querySelector(`[data-part=${name}]`);
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  const last = d.layers.length - 1;

  // A chosen weight: [layer, row, unit]; row -1 is the bias.
  const exists = ([l, row, unit]) => d.layers[l] && row < d.layers[l].incoming.length && unit < d.layers[l].units.length;
  if (!kept.weight || !exists(kept.weight)) kept.weight = [last, 0, 0];
  if (!d.layers[kept.weight[0]].incoming.length) kept.weight = [kept.weight[0], -1, kept.weight[2]];

  function go(stop) {
    kept.stop = Math.min(UPDATE, Math.max(0, stop));
    draw();
  }

  function choose(weight) {
    kept.weight = weight;
    draw();
  }

  // Made once: a click whose button were replaced between its press and its release would be lost.
  if (!part("stops").children.length) {
    part("stops").replaceChildren(...STOPS.map(({ name }, k) => make("button", { type: "button", text: `${k + 1} ${name}` })));
  }
  const buttons = [...part("stops").children];
  buttons.forEach((button, k) => on(button, "click", () => go(k)));

  function draw() {
    buttons.forEach((button, k) => {
      if (k === kept.stop) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    part("back").disabled = kept.stop === 0;
    part("next").disabled = kept.stop === UPDATE;
    setText(part("what"), STOPS[kept.stop].text(d));
    part("net").replaceChildren(drawing());
    const had_focus = parentElement.activeElement?.dataset?.part === "weight";
    part("equations").replaceChildren(...equations());
    if (had_focus) part("weight")?.focus();
  }

  // --- the drawn network

  function drawing() {
    const columns = [{ units: d.layers[0].names }, ...d.layers];
    const rows = Math.max(...columns.map(({ units }) => Math.max(1, units.length)));
    const width = Math.max(300, Math.min(620, part("steps").clientWidth || 480));
    const { n_skips } = d.layers[last];
    const above = rows * ROW + 16;
    const height = above + (n_skips ? SKIPS : 0);
    const svg = svgOf("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": "The network with its numbers" });
    const x = (column) => ((column + 0.5) * width) / columns.length;
    const y = (column, place) => (above * (place + 0.5)) / columns[column].units.length;
    // A line bends below the hidden units if it comes straight from an input.
    const lineOf = (l, i, j) => {
      const skip = l === last ? i - (d.layers[l].incoming.length - n_skips) : -1;
      const [column, place] = skip < 0 ? [l, i] : [0, skip];
      return linePath([x(column) + RADIUS, y(column, place)], [x(l + 1) - RADIUS, y(l + 1, j)],
        skip < 0 ? null : height - 22 - ((SKIPS - 24) * skip) / n_skips);
    };
    d.layers.forEach((layer, l) => layer.units.forEach((_, j) => layer.incoming.forEach((_, i) => {
      const ends = { d: lineOf(l, i, j), fill: "none" };
      const chosen = kept.stop === UPDATE && String(kept.weight) === String([l, i, j]);
      const value = kept.stop === UPDATE ? layer.dW[i][j] : layer.W[i][j];
      const largest = kept.stop === UPDATE ? d.largest_gradient : d.largest_weight;
      svg.append(svgOf("path", { ...ends, "data-weight": `${l},${i},${j}`, class: chosen ? "line chosen" : "line", stroke: value < 0 ? d.look.negative : d.look.positive,
        "stroke-width": 0.5 + 4.5 * Math.min(1, Math.abs(value) / largest) }));
      const target = svgOf("path", { ...ends, class: "target", "data-choice": `${l},${i},${j}` });
      svg.append(target);
    })));
    if (n_skips) {
      const label = svgOf("text", { x: width / 2, y: height - 4, class: "name" });
      label.textContent = "inputs straight to the output";
      svg.append(label);
    }
    columns.forEach(({ units }, column) => units.forEach((name, place) => {
      const layer = column ? d.layers[column - 1] : null;
      const value = layer ? STOPS[kept.stop].value(layer, place, column - 1 === last) : d.layers[0].incoming[place];
      const [cx, cy] = [x(column), y(column, place)];
      const shows = value !== null && (column || kept.stop < 3);
      svg.append(svgOf("circle", { cx, cy, r: RADIUS, class: shows && column ? "active" : "" }));
      if (shows) {
        const text = svgOf("text", { x: cx, y: cy + 4 });
        text.textContent = shown(value);
        svg.append(text);
      }
      const label = svgOf("text", { x: cx, y: cy + RADIUS + 11, class: "name" });
      label.textContent = shortened(name, Math.floor(width / columns.length / CHARACTER));
      const whole = svgOf("title", {});
      whole.textContent = name;
      label.append(whole);
      svg.append(label);
    }));
    return svg;
  }

  // --- equations

  function equations() {
    const found = [];
    const say = (text, ...children) => found.push(make("p", { text }, ...children));
    const line = (...children) => found.push(make("div", {}, ...children));
    const each = (act) => d.layers.forEach((layer, l) => act(layer, l, l === last ? "Output" : `Layer ${l + 1}`));
    const more = (layer) => (layer.hidden_inputs ? ` + … (${layer.hidden_inputs} more inputs)` : "");
    if (d.hidden_outputs) say(`${d.hidden_outputs} more outputs are not drawn: those with the smallest errors.`);
    if (kept.stop === 0) {
      each((layer, l, name) => {
        const shapes = (n) => `(${n}, ${layer.n_in}) @ (${layer.n_in}, ${layer.n_units}) + (${layer.n_units},) → (${n}, ${layer.n_units})`;
        say(`${name}, shapes: ${shapes(1)}; all samples at once: ${shapes(d.n_split)}`);
        const light = (i, j, lit) => part("net").querySelector(`.line[data-weight="${l},${i},${j}"]`)?.classList.toggle("lit", lit);
        line(matrix([layer.incoming], layer.names), "·", matrix(layer.W, layer.units, layer.names, light), more(layer),
          "+", matrix([layer.b], layer.units), "=", matrix([layer.z], layer.units));
      });
    } else if (kept.stop === 1) {
      each((layer, l, name) => {
        say(`${name}, ${layer.activation}:`);
        line("f(", matrix([layer.z], layer.units), ") =", matrix([layer.a], layer.units));
      });
    } else if (kept.stop === 2) {
      say(`${d.loss_name} of output and target${d.class_weight === 1 ? "" : `, times the class weight ${shown(d.class_weight)}`}:`);
      const { a, units } = d.layers[last];
      const pair = ["output", matrix([a], units), "target", matrix([d.target], units)];
      if (!d.output_losses) line(...pair, `loss ${shown(d.loss)}`);
      else {
        line(...pair);
        say(`The loss of the sample is the mean over the ${d.n_averaged} outputs:`);
        const times = d.class_weight === 1 ? "" : `${shown(d.class_weight)} × `;
        line("loss of each output", matrix([d.output_losses], units), `${times}mean = ${shown(d.loss)}`);
      }
      d.answers.forEach((text) => say(text));
    } else if (kept.stop === 3) {
      const layer = d.layers[last];
      const of = (row) => matrix([row], layer.units);
      if (layer.note) say(layer.note);
      const n = d.n_averaged;
      if (n > 1 && !layer.note) say(`The loss is the mean over the ${n} outputs, so 1/${n} of each output's own slope counts.`);
      if (layer.arriving) line("how wrong", of(layer.arriving), "× slope", of(layer.slope), "=", of(layer.delta));
      else if (layer.mixed) line("error", of(layer.delta));
      else if (n > 1) {
        line("output − target =", of(layer.a), "−", of(d.target));
        line(`divided by ${n} → error`, of(layer.delta));
      }
      else if (d.class_weight === 1) line("output − target =", of(layer.a), "−", of(d.target), "→ error", of(layer.delta));
      else line(`class weight ${shown(d.class_weight)} × (output − target) =`, of(layer.a), "−", of(d.target), "→ error", of(layer.delta));
    } else if (kept.stop === 4) {
      if (!last) say("This model has no hidden units.");
      for (let l = last - 1; l >= 0; l--) {
        const layer = d.layers[l];
        say(`Layer ${l + 1}: errors from ahead × weights, × slope f′(z)`);
        const of = (row) => matrix([row], layer.units);
        line(of(layer.arriving), "⊙", of(layer.slope), "=", of(layer.delta));
      }
    } else update(say, line, found);
    return found;
  }

  function update(say, line, found) {
    const choice = make("select", { "aria-label": "Weight", "data-part": "weight" });
    d.layers.forEach((layer, l) => layer.units.forEach((unit, j) => [...layer.incoming.keys(), -1].forEach((i) => {
      const option = make("option", { value: `${l},${i},${j}`, text: `${i < 0 ? "bias" : layer.names[i]} → ${unit}` });
      option.selected = String(kept.weight) === String([l, i, j]);
      choice.append(option);
    })));
    choice.addEventListener("change", () => choose(choice.value.split(",").map(Number)));
    found.push(make("label", { text: "Weight " }, choice));
    const [l, i, j] = kept.weight;
    const layer = d.layers[l];
    const of = (W, b) => (i < 0 ? b[j] : W[i][j]);
    const incoming = i < 0 ? 1 : layer.incoming[i];
    const gradient = of(layer.dW, layer.db);
    if (layer.arriving) {
      say(`how wrong ${shown(layer.arriving[j])} × how responsive ${shown(layer.slope[j])} × what came in ${shown(incoming)} = ${shown(gradient)}`);
    } else {
      say(`how wrong ${shown(layer.delta[j])} × what came in ${shown(incoming)} = ${shown(gradient)}`);
      found.push(make("small", { text: layer.note }));
    }
    const mean = of(layer.mean_W, layer.mean_b);
    const pull = (g) => (g === 0 ? "does not move it" : g < 0 ? "pulls it up" : "pulls it down");
    say(`This sample ${pull(gradient)} (gradient ${shown(gradient)}); all ${d.n_train.toLocaleString("en")} training samples together: ` +
      `${pull(mean)} (${shown(mean)}).`);
    const rows = layer.stages.filter((stage) => of(stage.W, stage.b) !== null).map((stage) => make("tr", {},
      make("td", { text: stage.name }), make("td", { text: stage.formula }), make("td", { text: shown(of(stage.W, stage.b)) })));
    found.push(make("p", { text: `${d.optimizer}:` }), make("table", { class: "stages" }, ...rows));
    if (d.memory_note) found.push(make("small", { text: d.memory_note }));
    say(`weight before ${exact(of(layer.W, layer.b))}, after ${exact(of(layer.after_W, layer.after_b))}`);
  }

  // Six digits: a step is small beside the weight.
  const exact = (value) => value.toFixed(6).replace("-", "−");

  on(part("net"), "click", ({ target }) => {
    if (!target.dataset.choice) return;
    kept.stop = UPDATE;
    choose(target.dataset.choice.split(",").map(Number));
  });
  on(part("back"), "click", () => go(kept.stop - 1));
  on(part("next"), "click", () => go(kept.stop + 1));
  on(part("steps"), "keydown", (event) => {
    if (event.target.tagName === "SELECT") return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    go(kept.stop + by);
  });
  draw();
  parentElement.annlab = { stop: () => listening.abort() };
  return parentElement.annlab.stop;
}
