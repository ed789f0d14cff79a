// Read a result of the engine by name.

export const valueOf = (result, name) => result.figures.find((item) => item.name === name)?.value;

export const chartOf = (result, name) => result.charts.find((chart) => chart.name === name);

// A curve as { x, y, label }; nothing where the engine left it out.
export const curveOf = (result, chart, name) => chartOf(result, chart)?.series.find((series) => series.name === name);
