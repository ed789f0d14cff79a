"""Draw settings from the whole range of a model's fields, corners included."""

from hypothesis import strategies as st

from simulations.engine import parameters


def settings_of(parameters_type):
    """Return a strategy of settings in range; those at fault between fields are left out."""
    rows = parameters.describe(parameters_type)
    fields = {row["name"]: _values(row) for row in rows}
    return st.builds(parameters_type, **fields).filter(lambda chosen: not getattr(chosen, "faults", tuple)())


def _values(row):
    if row["kind"] == "flag":
        return st.booleans()
    if row["kind"] == "choice":
        return st.sampled_from([option["value"] for option in row["options"]])
    if row["integer"]:
        return st.integers(int(row["minimum"]), int(row["maximum"]))
    return st.floats(row["minimum"], row["maximum"]) | st.sampled_from([row["minimum"], row["default"], row["maximum"]])
