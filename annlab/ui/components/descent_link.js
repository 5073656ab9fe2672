// Settings of a descent as texts.

// Settings by link name, as the server writes and reads them.
function readLink(link) {
  const lanes = link.optimizers.split(",").map((text) => {
    const [optimizer, rate, momentum] = text.split(":");
    return { optimizer, rate: Number(rate), momentum: momentum === undefined ? 0.9 : Number(momentum) };
  });
  const numbers = Object.fromEntries(["w", "b", "order", "steps", "at", "arrows"].map((name) => [name, Number(link[name])]));
  return { ...link, ...numbers, lanes };
}

function writeLink({ lanes, ...rest }, optimizers) {
  const text = lanes.map(({ optimizer, rate, momentum }) => [optimizer, rate, ...(optimizers[optimizer].momentum ? [momentum] : [])].join(":"));
  const link = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
  return { ...link, optimizers: text.join(",") };
}
