// The models that have a scene: what its view is called, and how its script is fetched once it is looked at.

export const SCENES = {
  request_trace: { label: "The request", load: () => import("./scenes/request_trace.js") },
  reliability: { label: "Blocks on a rail", load: () => import("./scenes/reliability.js") },
  cascade: { label: "The storm", load: () => import("./scenes/cascade.js") },
  design_lab: { label: "The backend, live", load: () => import("./scenes/design_lab.js") },
  scaling_cost: { label: "Drag the crossing", load: () => import("./scenes/scaling_cost.js") },
  maintainability: { label: "Five tokens a sprint", load: () => import("./scenes/maintainability.js") },
  tail_latency: { label: "Calls as lanes", load: () => import("./scenes/tail_latency.js") },
  percentiles: { label: "A hundred dots", load: () => import("./scenes/percentiles.js") },
  coordinated_omission: { label: "Two load tools", load: () => import("./scenes/coordinated_omission.js") },
  estimator: { label: "A walk along a ruler", load: () => import("./scenes/estimator.js") },
  availability_calculator: { label: "Tiers in a row", load: () => import("./scenes/availability_calculator.js") },
  error_budget: { label: "The incident and the budget", load: () => import("./scenes/error_budget.js") },
  stampede: { label: "One key expires", load: () => import("./scenes/stampede.js") },
  fan_out: { label: "Push or pull", load: () => import("./scenes/fan_out.js") },
  cap_pacelc: { label: "Cut a cable", load: () => import("./scenes/cap_pacelc.js") },
  trade_off_mapper: { label: "Cards and prices", load: () => import("./scenes/trade_off_mapper.js") },
  downtime_cost: { label: "An outage in its day", load: () => import("./scenes/downtime_cost.js") },
};
