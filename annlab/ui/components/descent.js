// Gradient descent on a loss of two parameters: two to four optimizers from one start, every step
// drawn at once and again while a setting moves. Needs descent_pictures.js
// and descent_link.js.

const HEIGHT = 300;
const REST_MS = 250; // after which the server hears of new settings
const FRAME_MS = 70;
const RATE_STOPS = 200; // positions of a slider of rates
// Largest by smallest curvature of a round bowl and of an oval one at most; beyond, it is a valley.
const [ROUND, OVAL] = [1.5, 10];
const KEY_STEP = 1 / 50; // share of the view by which an arrow key moves the start

const four = (value) => Number(value.toPrecision(4));

function shapeText(condition) {
  if (condition < ROUND) return "about the same in all directions: a round bowl";
  return `${shown(condition)} times the smallest: ${condition < OVAL ? "an oval bowl" : "a narrow valley"}`;
}

export default function (component) {
  const { data: sent, parentElement, setStateValue } = component;
  parentElement.annlab?.stop();
  const d = JSON.parse(sent.descent);
  const kept = parentElement.annlabKept ?? (parentElement.annlabKept = {});
  // Settings of the server count once; a new theme leaves the user's settings alone.
  if (kept.edition !== d.edition) Object.assign(kept, { edition: d.edition, now: readLink(d.settings) });
  const now = kept.now;
  const part = (name) => parentElement.querySelector(`[data-part=${name}]`);
  const listening = new AbortController();
  const on = (element, event, act) => element.addEventListener(event, act, { signal: listening.signal });
  const pictures = new DescentPictures(d, { map: part("map"), fit: part("fit"), curves: part("curves") });
  let [timer, playing, race] = [null, null, null];

  // --- computing

  function compute() {
    const set = d.sets[now.samples];
    const loss = set.losses[now.loss];
    const problem = { x: set.x, y: set.y, output_activation: loss.output_activation, loss: loss.loss };
    const parts = batches(set.x.length, d.batches[now.batch], now.steps, d.orders[now.order]);
    const lanes = now.lanes.map((lane, k) => {
      const path = descend(problem, lane, [now.w, now.b], parts);
      const last = (step) => Math.min(step, path.pairs.length - 1);
      return { ...lane, path, color: d.colors[k], symbol: d.symbols[k], label: d.optimizers[lane.optimizer].label,
        pair: (step) => path.pairs[last(step)], loss: (step) => path.losses[last(step)] };
    });
    race = { problem, view: set, lanes, start: [now.w, now.b], minimum: loss.minimum, reason: loss.reason, arrows: now.arrows,
      n_steps: now.steps, step: now.at, key: `${now.samples} ${now.loss}`, height: HEIGHT, isClasses: Boolean(set.losses.cross_entropy) };
    race.label = `Loss over w and b, with the paths of ${lanes.map(({ label }) => label).join(", ")}`;
  }

  // --- drawing

  function change(values) {
    Object.assign(now, values);
    now.at = Math.min(now.at, now.steps);
    compute();
    draw();
    report();
  }

  function report() {
    clearTimeout(timer);
    timer = setTimeout(() => setStateValue("settings", JSON.stringify(writeLink(now, d.optimizers))), REST_MS);
  }

  function draw() {
    pictures.paint(race);
    const { minimum } = race;
    const [flat, steep] = minimum?.curvatures ?? [];
    setText(part("facts"), minimum
      ? `Minimum at w = ${shown(minimum.parameters[0])}, b = ${shown(minimum.parameters[1])}, loss ${shown(minimum.loss)}. ` +
        `Curvature there: largest λ = ${shown(steep)}, ${shapeText(steep / flat)}.`
      : race.reason);
    part("map").setAttribute("aria-label", `Start at w = ${four(now.w)}, b = ${four(now.b)}. Arrow keys move it.`);
    setText(part("curves-title"), `Loss of all ${race.problem.x.length} samples${floorText(race)}`);
    const step = part("step");
    step.max = now.steps;
    step.value = now.at;
    setText(part("step-text"), `Step ${now.at}`);
    part("steps").value = now.steps;
    setText(part("steps-text"), `${now.steps} steps`);
    drawLanes();
    drawStages();
  }

  const full = () => d.batches[now.batch] >= race.problem.x.length;

  function limitText(lane) {
    if (!race.minimum) return ["No minimum, so no largest stable rate", false];
    const found = stableRate(lane.optimizer, lane.momentum, race.minimum.curvatures[1]);
    if (!found) return ["No largest stable rate: it scales its steps", false];
    const above = lane.rate > found.rate;
    return [`${above ? "⚠ above" : "stable below"} ${shown(found.rate)} = ${found.formula}${full() ? "" : ", full batch"}`, above];
  }

  function laneResult(lane) {
    const { path } = lane;
    if (path.diverged && now.at >= path.pairs.length - 1) return `diverged, step ${path.pairs.length - 1}`;
    return `loss ${shownAlike(lane.loss(now.at), race.lanes.map((other) => other.loss(now.at)))}`;
  }

  // Build the rows only if lanes come or go: a row that is replaced would lose the focus.
  function drawLanes() {
    const place = part("lanes");
    const key = now.lanes.map(({ optimizer }) => optimizer).join();
    if (place.dataset.key !== key) {
      place.dataset.key = key;
      place.replaceChildren(...now.lanes.map((_, k) => laneRow(k)));
    }
    race.lanes.forEach((lane, k) => {
      const row = place.children[k];
      const of = (name) => row.querySelector(`[data-part=${name}]`);
      of("arrows").checked = now.arrows === k;
      of("rate").value = rateStop(lane.rate);
      of("rate").setAttribute("aria-valuetext", String(lane.rate));
      setText(of("rate-text"), tickText(lane.rate));
      if (of("momentum")) {
        of("momentum").value = lane.momentum;
        setText(of("momentum-text"), tickText(lane.momentum));
      }
      const [text, warns] = limitText(lane);
      setText(of("limit"), text);
      of("limit").classList.toggle("warn", warns);
      setText(of("result"), laneResult(lane));
    });
    const add = part("add");
    if (add) add.disabled = now.lanes.length >= d.limits.lanes;
  }

  const rateStop = (rate) => {
    const [low, high] = d.limits.rate.map(Math.log);
    return Math.round(((Math.log(rate) - low) / (high - low)) * RATE_STOPS);
  };
  const rateAt = (stop) => {
    const [low, high] = d.limits.rate.map(Math.log);
    return Number(Math.exp(low + ((high - low) * stop) / RATE_STOPS).toPrecision(2));
  };

  function laneRow(k) {
    const lane = now.lanes[k];
    const label = d.optimizers[lane.optimizer].label;
    const edit = (values) => change({ lanes: now.lanes.map((other, at) => (at === k ? { ...other, ...values } : other)) });
    const radio = make("input", { type: "radio", name: "arrows", "data-part": "arrows", title: "Show the parts of its step", "aria-label": `Show the parts of the step of ${label}` });
    on(radio, "change", () => change({ arrows: k }));
    const sign = canvasOf(18, 18);
    const context = sign.getContext("2d");
    context.fillStyle = d.colors[k];
    marker(context, d.symbols[k], 9, 9, 7);
    context.fill();
    const choice = make("select", { "aria-label": `Optimizer ${k + 1}` }, ...Object.entries(d.optimizers).map(([name, entry]) => make("option", { value: name, text: entry.label })));
    choice.value = lane.optimizer;
    on(choice, "change", () => {
      edit({ optimizer: choice.value });
      part("lanes").children[k].querySelector("select").focus();
    });
    const rate = make("input", { type: "range", min: 0, max: RATE_STOPS, "data-part": "rate", "aria-label": `Learning rate of ${label}` });
    on(rate, "input", () => edit({ rate: rateAt(Number(rate.value)) }));
    const of_rate = make("label", {}, "rate", rate, make("span", { "data-part": "rate-text" }));
    let of_momentum = make("span");
    if (d.optimizers[lane.optimizer].momentum) {
      const [low, high] = d.limits.momentum;
      const momentum = make("input", { type: "range", min: low, max: high, step: 0.01, "data-part": "momentum", "aria-label": `Momentum of ${label}` });
      on(momentum, "input", () => edit({ momentum: Number(momentum.value) }));
      of_momentum = make("label", {}, "β", momentum, make("span", { "data-part": "momentum-text" }));
    }
    const remove = make("button", { type: "button", text: "✕", title: "Remove", "aria-label": `Remove ${label}` });
    remove.disabled = now.lanes.length === 1;
    on(remove, "click", () => change({ lanes: now.lanes.filter((_, at) => at !== k), arrows: Math.min(now.arrows, now.lanes.length - 2) }));
    return make("div", { class: "lane" }, radio, sign, choice, of_rate, of_momentum, make("span", { "data-part": "limit" }), make("span", { "data-part": "result" }), remove);
  }

  function drawStages() {
    const lane = race.lanes[now.arrows];
    const stages = lane.path.stages[now.at];
    if (!stages) return part("stages").replaceChildren(make("span", { text: "This was the last step." }));
    const pair = (values) => `(${values.map((value) => shownAlike(value, values)).join(", ")})`;
    return part("stages").replaceChildren(
      make("div", { class: "stage" }, make("b", { text: lane.label }), make("span", { text: `step ${now.at + 1}, of (w, b)` })),
      ...stages.map(({ name, formula, values }) => make("div", { class: name === "step" ? "stage step" : "stage" },
        make("b", { text: name }), make("span", { text: formula }), make("span", { text: pair(values) }))),
    );
  }

  // --- controls above

  function selectOf(name, label, options, act) {
    const choice = make("select", { "aria-label": label, "data-part": name }, ...options.map(([value, text]) => make("option", { value, text })));
    choice.value = String(now[name]);
    on(choice, "change", () => act(choice.value));
    return make("label", { text: `${label} ` }, choice);
  }

  function drawChoices() {
    const { losses } = d.sets[now.samples];
    const sizes = Object.entries(d.batches).map(([name, size]) => [name, name === "full" ? `full (${size})` : String(size)]);
    const again = (name) => {
      drawChoices();
      part(name).focus();
    };
    const add = make("button", { type: "button", text: "+ Optimizer", "data-part": "add" });
    on(add, "click", () => {
      const used = now.lanes.map(({ optimizer }) => optimizer);
      const next = Object.keys(d.optimizers).find((name) => !used.includes(name)) ?? "sgd";
      change({ lanes: [...now.lanes, { optimizer: next, rate: now.lanes.at(-1).rate, momentum: 0.9 }] });
    });
    const order = make("button", { type: "button", text: "New order", "data-part": "order", title: "Draw the batches in another order" });
    order.disabled = d.batches[now.batch] >= d.sets[now.samples].x.length;
    on(order, "click", () => change({ order: (now.order + 1) % d.orders.length }));
    part("choices").replaceChildren(
      selectOf("samples", "Samples", Object.entries(d.sets).map(([name, set]) => [name, set.label]), (samples) => {
        const [w, b] = d.sets[samples].start;
        change({ samples, loss: Object.keys(d.sets[samples].losses)[0], w, b });
        again("samples");
      }),
      selectOf("loss", "Loss", Object.entries(losses).map(([name, loss]) => [name, loss.label]), (loss) => change({ loss })),
      selectOf("batch", "Batch", sizes, (batch) => {
        change({ batch });
        again("batch");
      }),
      order,
      add,
    );
  }

  // --- pointer, keys, time

  function moveStart(event) {
    const area = part("map").getBoundingClientRect();
    const { view } = race;
    const share = (at, from, length) => Math.min(1, Math.max(0, (at - from) / length));
    const x = share(event.clientX - area.left, EDGE.left, pictures.inner.width);
    const y = share(event.clientY - area.top, EDGE.top, pictures.inner.height);
    change({ w: four(view.w[0] + x * (view.w[1] - view.w[0])), b: four(view.b[1] - y * (view.b[1] - view.b[0])) });
  }
  on(part("map"), "pointerdown", (event) => {
    part("map").setPointerCapture(event.pointerId);
    moveStart(event);
  });
  on(part("map"), "pointermove", (event) => {
    if (part("map").hasPointerCapture(event.pointerId)) moveStart(event);
  });
  on(part("map"), "keydown", (event) => {
    const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const { w, b } = race.view;
    change({ w: four(now.w + by[0] * KEY_STEP * (w[1] - w[0])), b: four(now.b + by[1] * KEY_STEP * (b[1] - b[0])) });
  });

  function show(step) {
    now.at = step;
    race.step = step;
    draw();
    report();
  }

  function play(runs) {
    clearInterval(playing);
    playing = null;
    if (runs) {
      if (now.at >= now.steps) show(0);
      playing = setInterval(() => (now.at < now.steps ? show(now.at + 1) : play(false)), FRAME_MS);
    }
    setText(part("play"), playing ? "⏸ Pause" : "▶ Play");
  }
  on(part("play"), "click", () => play(!playing));
  on(part("step"), "input", ({ target }) => {
    play(false);
    show(Number(target.value));
  });
  const [fewest, most] = d.limits.steps;
  Object.assign(part("steps"), { min: fewest, max: most, step: 10 });
  on(part("steps"), "input", ({ target }) => change({ steps: Number(target.value) }));

  delete part("lanes").dataset.key;
  drawChoices();
  compute();
  draw();
  let width = part("map").clientWidth;
  const watcher = new ResizeObserver(() => {
    if (part("map").clientWidth === width) return;
    width = part("map").clientWidth;
    draw();
  });
  watcher.observe(part("map"));
  parentElement.annlab = {
    stop: () => {
      play(false);
      clearTimeout(timer);
      watcher.disconnect();
      listening.abort();
    },
  };
  return parentElement.annlab.stop;
}
