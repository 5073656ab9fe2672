// A threshold on the probability of a class or label: confusion matrices and scores of all models
// at it, and the place of each on the curves of the page.

const LOOK_AGAIN_MS = 200;
const REST_MS = 200; // after which the server hears of another threshold
const SCORES = [["precision", "Precision"], ["recall", "Recall"], ["f1", "F1"], ["accuracy", "Accuracy"]];
// Scores of all labels together, which move with the threshold of the chosen one.
const TOGETHER = [["label_accuracy", "Label accuracy"], ["subset_accuracy", "Subset accuracy"]];

// Mean and standard deviation over networks; a single network has none.
export const spread = ([mean, deviation]) =>
  deviation === null ? mean.toFixed(3) : `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;

// Right and wrong predictions of a model at the k-th threshold: rows are true classes.
export function confusion({ true_positive, false_positive, n_positive, n_negative }, k) {
  const [hits, alarms] = [true_positive[k], false_positive[k]];
  return [[hits, n_positive - hits], [alarms, n_negative - alarms]];
}

// The point of a model on a ROC curve and on a precision-recall curve at the k-th threshold; null
// where no sample is called positive, which leaves the precision open.
export function places(model, k) {
  const [[hits], [alarms]] = confusion(model, k);
  const recall = hits / model.n_positive;
  return { roc: [alarms / model.n_negative, recall], precision: hits + alarms ? [recall, hits / (hits + alarms)] : null };
}

// Index of the threshold next to another one.
export const nearest = (thresholds, at) =>
  thresholds.reduce((best, threshold, k) => (Math.abs(threshold - at) < Math.abs(thresholds[best] - at) ? k : best), 0);

const withAlpha = (color, alpha) =>
  `rgba(${[1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16)).join(", ")}, ${alpha})`;

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.annlab?.stop();
  const d = JSON.parse(data.decisions);
  const last = d.thresholds.length - 1;
  // The server knows the threshold that was last reported; a new token brings one of its own.
  const kept = parentElement.annlabKept ?? (parentElement.annlabKept = {});
  if (kept.token !== d.token) Object.assign(kept, { token: d.token, threshold: d.threshold, reported: d.threshold });
  const part = (name) => parentElement.querySelector(`[data-part=${name}]`);
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  const overlays = Object.entries(d.charts).map(([kind, key]) => ({ kind, overlay: new Overlay(key, 8, "annlab-mark") }));
  let [waiting, looking, resting] = [null, null, null];

  const cards = d.models.map((model) => {
    const cells = [0, 1].map(() => [0, 1].map(() => make("td")));
    const head = make("caption", {}, dot(model.color), model.title);
    const names = [d.positive, d.negative];
    const table = make("table", {}, head,
      make("thead", {}, make("tr", {}, make("th", { text: "true ↓ predicted →" }), ...names.map((text) => make("th", { text, scope: "col" })))),
      make("tbody", {}, ...names.map((text, i) => make("tr", {}, make("th", { text, scope: "row" }), ...cells[i]))));
    return { model, cells, table };
  });
  part("cards").replaceChildren(...cards.map(({ table }) => table));

  const tables = [tableOf("scores", SCORES, d.scores_title), tableOf("together", TOGETHER, d.together_title)];

  const jumps = part("jumps");
  const labels = d.jumps.map(({ name }) => name).join();
  if (kept.jumps !== labels) {
    kept.jumps = labels; // the same buttons stay, so that a pressed one keeps the focus
    jumps.replaceChildren(...d.jumps.map(({ name }) => make("button", { type: "button", text: name })));
  }
  on(jumps, "click", ({ target }) => {
    const k = [...jumps.children].indexOf(target);
    if (k >= 0) choose(d.jumps[k].threshold);
  });
  const slider = part("slider");
  slider.max = last;
  slider.setAttribute("aria-label", `Threshold on the probability of ${d.positive}`);
  on(slider, "input", () => choose(d.thresholds[Number(slider.value)]));

  // A table of scores, with a row for each model; without a title, there is none.
  function tableOf(name, scores, title) {
    setText(part(`${name}-title`), title);
    part(`${name}-title`).hidden = !title;
    if (!title) {
      part(name).replaceChildren();
      return { scores: [], rows: d.models.map(() => []) };
    }
    const rows = d.models.map(() => scores.map(() => make("td")));
    part(name).replaceChildren(
      make("thead", {}, make("tr", {}, make("th", { text: "model", scope: "col" }), ...scores.map(([, text]) => make("th", { text, scope: "col" })))),
      make("tbody", {}, ...d.models.map((model, i) => make("tr", {}, make("th", { scope: "row" }, dot(model.color), model.name), ...rows[i]))));
    return { scores, rows };
  }

  function dot(color) {
    const element = make("span", { class: "dot" });
    element.style.background = color;
    return element;
  }

  function choose(threshold) {
    kept.threshold = threshold;
    draw();
    rest();
  }

  function rest() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (kept.reported === kept.threshold) return;
      kept.reported = kept.threshold;
      setTriggerValue("threshold", [d.index, kept.threshold]);
    }, REST_MS);
  }

  function draw() {
    const k = nearest(d.thresholds, kept.threshold);
    const text = d.numbers[k];
    slider.value = k;
    slider.setAttribute("aria-valuetext", text);
    setText(part("threshold"), text);
    setText(part("rule"), d.rules[k]);
    for (const { model, cells } of cards) {
      const counts = confusion(model, k);
      counts.forEach((row, i) => row.forEach((n, j) => {
        const share = n / Math.max(1, row[0] + row[1]);
        setText(cells[i][j], `${n.toLocaleString("en")} (${(100 * share).toFixed(1)}%)`);
        cells[i][j].style.background = withAlpha(model.color, 0.05 + 0.5 * share);
      }));
    }
    for (const { scores, rows } of tables) {
      d.models.forEach((model, i) => scores.forEach(([name], j) => setText(rows[i][j], spread(model[name][k]))));
    }
    mark(k);
  }

  function mark(k) {
    let missing = false;
    for (const { kind, overlay } of overlays) {
      const canvas = overlay.start();
      if (!canvas) {
        missing = true;
        continue;
      }
      overlay.show(false);
      for (const model of d.models) {
        const at = places(model, k)[kind];
        if (!at) continue;
        const [x, y] = [canvas.to.x(at[0]), canvas.to.y(at[1])];
        canvas.context.fillStyle = model.color;
        marker(canvas.context, "circle", x, y, 5);
        canvas.context.fill();
        ring(canvas.context, x, y, 6, d.ink);
      }
    }
    // The charts may come later than this component.
    if (missing) looking ??= setTimeout(() => ((looking = null), drawSoon()), LOOK_AGAIN_MS);
  }

  function drawSoon() {
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      if (!listening.signal.aborted) draw();
    });
  }

  const sizes = new ResizeObserver(drawSoon);
  for (const { overlay } of overlays) {
    const host = document.querySelector(`.st-key-${overlay.key}`);
    if (host) sizes.observe(host);
  }
  draw();
  rest(); // newer data may have come before the last report

  parentElement.annlab = {
    stop() {
      listening.abort();
      clearTimeout(looking);
      clearTimeout(resting);
      sizes.disconnect();
      overlays.forEach(({ overlay }) => overlay.remove());
    },
  };
  return parentElement.annlab.stop;
}
