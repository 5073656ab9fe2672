// One unit large: its formula with numbers, its picture, what it does to the samples, and its
// weights to change by hand. Needs inside_units.js.

const LARGE = 190; // pixels
const MOST_ROWS = 12; // weights of a unit that can be changed without choosing them first
const TERMS = 6;
const GRADIENTS_AFTER_MS = 150;
const LARGEST_WEIGHT = 1000;
// Beside the weights, because the line above the network may be out of sight.
const NOTE = "Change a weight by hand. The run itself stays as it is.";

export function buildDetail(view) {
  const { model } = view;
  const [l, unit] = view.selected;
  const title = make("h4", { text: unitTitle(model, l, unit) });
  const choose = make("select", { "aria-label": "Unit", class: "which" });
  model.sizes.slice(1).forEach((n, layer) => {
    for (let j = 0; j < n; j++) {
      const option = make("option", { value: `${layer},${j}`, text: unitTitle(model, layer, j) });
      option.selected = layer === l && j === unit;
      choose.append(option);
    }
  });
  choose.addEventListener("change", () => view.select(...choose.value.split(",").map(Number)));
  const formula = make("p", { class: "formula" });
  const large = canvasOf(LARGE, LARGE, `Activation of ${model.unitName(l, unit)}`);
  if (model.x) large.addEventListener("click", (event) => view.tell(nearest(view, event)));
  const spread = canvasOf(LARGE, 54, `Distribution of the activation of ${model.unitName(l, unit)} over the samples`);
  const facts = make("p", { class: "facts" });
  const note = make("p", { text: NOTE, "data-part": "note", "aria-live": "polite" });
  const rows = rowsOf(view, l, unit, (text) => setText(note, text));
  const undo = make("button", { type: "button", text: "Undo" });
  const reset = make("button", { type: "button", text: "Reset all" });
  undo.addEventListener("click", () => (model.undo(), view.changed()));
  reset.addEventListener("click", () => (model.reset(), view.changed()));
  const weights = make("div", { class: "weights" }, note,
    make("div", { class: "weight head" }, ...["from", "weight", "", "gradient", ""].map((text) => make("small", { text }))),
    ...rows.map(({ element }) => element), make("div", { class: "buttons" }, undo, reset), ...trainOn(model));
  const pictures = make("div", { class: "pictures" }, large, spread);
  const body = make("div", { class: "body" }, pictures, weights);
  return { elements: [make("div", { class: "row" }, title, choose), formula, facts, body], formula, large, spread, facts, rows, undo, reset };
}

// A button that makes these weights the start of a model; nothing on pages without such models.
function trainOn(model) {
  if (!model.targets.length) return [];
  const into = make("select", { "aria-label": "Model that starts from here" });
  for (const [target, name] of model.targets) {
    into.append(make("option", { value: target, text: model.targets.length > 1 ? `model ${name}` : name }));
  }
  into.value = String(model.target ?? (model.targets[1] ?? model.targets[0])[0]); // not A, to compare with
  into.addEventListener("change", () => (model.target = Number(into.value)));
  const button = make("button", { type: "button", text: "Train on from here",
    title: "Start from these weights, with your changes and a fresh optimizer" });
  button.addEventListener("click", () => model.trainOn(Number(into.value)));
  return [make("div", { class: "buttons" }, button, make("label", {}, "in ", into))];
}

function unitTitle(model, l, unit) {
  const name = model.unitName(l, unit);
  return l === model.hidden ? `Output ${name}` : `Layer ${l + 1}, unit ${unit + 1} (${name})`;
}

// Controls of the weights of a unit: all of them, or those that are largest in this frame.
function rowsOf(view, l, unit, say) {
  const { model } = view;
  const { n_in } = model.layers[l];
  const inputs = Array.from({ length: n_in }, (_, i) => i)
    .sort((a, b) => Math.abs(model.value(l, b, unit)) - Math.abs(model.value(l, a, unit)))
    .slice(0, MOST_ROWS).sort((a, b) => a - b);
  const most = Math.max(3, Math.ceil(1.5 * model.largestWeight));
  return [...inputs, n_in].map((row) => {
    const name = model.rowName(l, row);
    const number = make("input", { type: "number", step: "0.1", "aria-label": `Weight from ${name}` });
    const slider = make("input", { type: "range", min: -most, max: most, step: "any", "aria-label": `Slider of the weight from ${name}` });
    const gradient = make("small", { title: "Gradient of the loss" });
    const back = make("button", { type: "button", text: "↺", title: "As trained", "aria-label": `Weight from ${name} as trained` });
    if (row === n_in) number.setAttribute("aria-label", "Bias"), slider.setAttribute("aria-label", "Slider of the bias");
    const set = (text, isNew) => {
      const value = Number(text);
      if (text === "" || !(Math.abs(value) <= LARGEST_WEIGHT)) { // not a number, or too large
        number.value = String(Number(model.value(l, row, unit).toFixed(3)));
        say(`${text.slice(0, 12) || "This"} is not used. Write a number from −${LARGEST_WEIGHT} to ${LARGEST_WEIGHT}.`);
        return;
      }
      say(NOTE);
      model.change(l, row, unit, value, isNew);
      view.changed();
    };
    number.addEventListener("change", () => set(number.value, true));
    let moving = false; // a whole move of the slider is one change
    slider.addEventListener("input", () => {
      set(slider.value, !moving);
      moving = true;
    });
    slider.addEventListener("change", () => (moving = false));
    back.addEventListener("click", () => (model.change(l, row, unit, null), view.changed()));
    const element = make("div", { class: "weight", "data-row": row }, make("span", { text: name, title: name }), number, slider, gradient, back);
    for (const type of ["pointerenter", "focusin"]) element.addEventListener(type, () => view.light(l, row, unit, true));
    for (const type of ["pointerleave", "focusout"]) element.addEventListener(type, () => view.light(l, row, unit, false));
    return { row, element, number, slider, gradient, back };
  });
}

export function writeDetail(view, parts) {
  const { model } = view;
  const [l, unit] = view.selected;
  setText(parts.formula, formulaOf(model, l, unit));
  view.paint(parts.large.getContext("2d"), l, unit, LARGE, model.large_grid_size, true);
  const spread = parts.spread.getContext("2d");
  spread.clearRect(0, 0, LARGE, 54);
  view.paintDistribution(spread, l, unit, LARGE, 54);
  setText(parts.facts, factsOf(model, l, unit));
  const active = parts.rows[0]?.element.getRootNode().activeElement;
  for (const { row, number, slider, back } of parts.rows) {
    const value = model.value(l, row, unit);
    if (active !== number) number.value = String(Number(value.toFixed(3)));
    if (active !== slider) slider.value = String(value);
    back.disabled = !model.changes.has(`${l},${row},${unit}`);
  }
  // Gradients of a large network would delay its film.
  clearTimeout(parts.soon);
  if (model.isLarge) parts.soon = setTimeout(() => writeGradients(view, parts), GRADIENTS_AFTER_MS);
  else writeGradients(view, parts);
  parts.undo.disabled = !model.past.length;
  parts.reset.disabled = !model.changes.size;
}

function writeGradients({ model, selected: [l, unit] }, parts) {
  for (const { row, gradient } of parts.rows) setText(gradient, shown(model.gradient(l, row, unit)));
}

// The unit as an equation with its numbers: the largest terms, if there are many.
export function formulaOf(model, l, unit) {
  const { n_in } = model.layers[l];
  const order = Array.from({ length: n_in }, (_, i) => i)
    .sort((a, b) => Math.abs(model.value(l, b, unit)) - Math.abs(model.value(l, a, unit)));
  const largest = order.slice(0, TERMS).sort((a, b) => a - b);
  const signed = (value, first) => (value < 0 ? (first ? "−" : " − ") : first ? "" : " + ");
  const size = (value) => shown(Math.abs(value));
  let sum = largest.map((i, k) => {
    const w = model.value(l, i, unit);
    return `${signed(w, k === 0)}${size(w)}·${model.rowName(l, i)}`;
  }).join("");
  if (n_in > TERMS) sum += ` + … (${n_in - TERMS} more)`;
  const bias = model.value(l, n_in, unit);
  sum += `${signed(bias)}${size(bias)}`;
  const name = l === model.hidden ? model.output_activation : model.activation;
  const of = model.unitName(l, unit);
  if (name === "softmax") return `z(${of}) = ${sum};  P(${of}) = exp(z(${of})) / sum of exp(z) over all classes`;
  return `${of} = ${ACTIVATIONS[name][2](sum)}`;
}

// What a unit does to the training samples: its activations and its slope.
export function factsOf(model, l, unit) {
  const { z, a } = model.learned[l];
  const [n, n_units] = [model.training.n, model.sizes[l + 1]];
  const values = Array.from({ length: n }, (_, i) => a[i * n_units + unit]);
  const average = values.reduce((sum, value) => sum + value, 0) / n;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  let text = `Over ${n.toLocaleString("en")} training samples: from ${shown(low)} to ${shown(high)}, mean ${shown(average)}.`;
  if (l === model.hidden) return text;
  const slope = ACTIVATIONS[model.activation][1];
  const slopes = Array.from({ length: n }, (_, i) => Math.abs(slope(z[i * n_units + unit])));
  const flat = slopes.filter((value) => value < model.inactive_below).length;
  const steepness = slopes.reduce((sum, value) => sum + value, 0) / n;
  text += ` Slope: ${shown(steepness)} on average.`;
  if (flat === n) {
    return Math.max(...slopes) === 0
      ? `${text} The unit is dead: its slope is 0 for every one of these samples, so it does not learn from them.`
      : `${text} The unit is saturated: its slope is almost 0 for every one of these samples, so it learns very slowly.`;
  }
  return flat ? `${text} Almost flat for ${Math.round((100 * flat) / n)} % of these samples.` : text;
}

// Index of the sample nearest to a click on the large map.
function nearest(view, event) {
  const { model } = view;
  const { X, n } = model.samples;
  const box = event.target.getBoundingClientRect();
  const [u, v] = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
  const width = model.n_features;
  const distance = (i) => {
    const x = (X[width * i] - model.x[0]) / (model.x[1] - model.x[0]);
    const y = model.y ? (X[2 * i + 1] - model.y[0]) / (model.y[1] - model.y[0]) : v;
    return (x - u) ** 2 + (y - v) ** 2;
  };
  let best = 0;
  for (let i = 1; i < n; i++) if (distance(i) < distance(best)) best = i;
  return best;
}
