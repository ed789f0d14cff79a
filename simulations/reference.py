"""Write reference pages of models and functions from the engine: `python -m simulations.reference FOLDER`.

Nothing here is written by hand twice: inputs, figures, experiments, presets and sources are read from the engine.
Running it again changes nothing until the engine does.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from simulations.engine.functions import FUNCTIONS
from simulations.engine.model import Model
from simulations.engine.parameters import canonical_query, describe, parse
from simulations.engine.registry import MODELS
from simulations.engine.words import range_with_unit, with_unit

INDEX = "README.md"
FUNCTIONS_PAGE = "functions.md"
COMMAND = "python -m simulations.reference docs/reference/simulations"
SIGNIFICANT_DIGITS = 4


def pages(models: Mapping[str, Model] = MODELS) -> dict[str, str]:
    """Return every page's text by its file name."""
    of_models = {f"{name}.md": _page(model) for name, model in models.items()}
    return {INDEX: _index(models), FUNCTIONS_PAGE: _functions(), **of_models}


def write(folder: Path) -> None:
    """Make the folder hold the pages and no page of a model that is gone."""
    wanted = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.md"):
        if left.name not in wanted:
            left.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _index(models: Mapping[str, Model]) -> str:
    rows = [
        (
            f"[{model.title}]({name}.md)",
            f"`{name}`",
            model.summary,
            "yes" if model.sampler else "no",
        )
        for name, model in models.items()
    ]
    return _joined(
        "# Simulations",
        f"The models of the engine. These pages are written by `{COMMAND}`; edit the engine, not them.",
        _table(("model", "name", "what it shows", "has runs"), rows),
        f"Courses and questions may also call the engine's [functions]({FUNCTIONS_PAGE}).",
    )


def _functions() -> str:
    rows = []
    for function in FUNCTIONS.values():
        names = ", ".join(inspect.signature(function.call).parameters)
        rows.append((f"`{function.name}({names})`", function.summary))
    return _joined(
        "# Functions",
        "What `{{ … }}` in a course's prose and `values` in a question may call. Each takes and returns plain numbers, "
        f"checks its arguments, and can say how it came to its value. This page is written by `{COMMAND}`.",
        _table(("call", "returns"), rows),
    )


def _page(model: Model) -> str:
    result = model.evaluate(model.parameters())
    figures = [
        (f"`{figure.name}`", figure.label, with_unit(_written(figure.value), figure.unit), figure.meaning)
        for figure in result.figures
    ]
    experiments = [(f"`{experiment.name}`", experiment.title, experiment.goal) for experiment in model.experiments]
    presets = [(f"`{preset.name}`", preset.label, _preset(model, preset.parameters)) for preset in model.presets]
    return _joined(
        f"# {model.title}",
        model.summary,
        f"Name in courses and in the API: `{model.name}`. {_runs(model)}",
        "## What is modelled",
        inspect.getdoc(inspect.getmodule(model.evaluate)) or "",
        "## Inputs",
        _table(("name", "label", "range", "default", "meaning"), map(_input, describe(model.parameters))),
        "## Figures",
        "Values are those of the default inputs.",
        _table(("name", "label", "value", "meaning"), figures),
        *_section("## Experiments", _table(("name", "title", "goal"), experiments), experiments),
        *_section("## Presets", _table(("name", "label", "inputs that differ from the defaults"), presets), presets),
        *_section(
            "## Predictions",
            "\n".join(f"- `{prompt.name}`: {prompt.question}" for prompt in model.predictions),
            model.predictions,
        ),
        *_section("## Guess of the scene", _guess(model), () if model.guess is None else (model.guess,)),
    )


def _guess(model: Model) -> str:
    asked = model.guess
    if asked is None:
        return ""
    given = f"{len(asked.knots)} numbers each" if asked.knots else "a number each"
    span = f"{range_with_unit(_written(asked.minimum), _written(asked.maximum), asked.unit)}, {asked.scale} scale"
    names = ", ".join(f"`{name}`" for name in asked.names)
    return "\n".join(
        (
            f"`{asked.name}` ({asked.shape}): {asked.question}",
            "",
            f"- at {_preset(model, asked.parameters)}",
            f"- {given} for {names}, from {span}",
            *([f"- at {', '.join(_number(knot) for knot in asked.knots)}"] if asked.knots else []),
            "",
            (
                "Its score is the mean distance from the engine's values, in "
                f"{'widths of the axis' if asked.scale == 'linear' else 'decades'}: 0 is perfect."
            ),
        )
    )


def _runs(model: Model) -> str:
    if model.sampler is None:
        return "It has no runs: every figure is a function of the inputs."
    most = model.sampler.maximum_requests(model.parameters())
    return f"A run draws up to {most:,} requests one by one at the default inputs, as evidence for the figures below."


def _input(row: Mapping[str, object]) -> tuple[str, ...]:
    match row["kind"]:
        case "number":
            span = range_with_unit(_number(row["minimum"]), _written(row["maximum"]), str(row["unit"]))
            sort = " whole numbers" if row["integer"] else ""
            scale = "" if row["scale"] == "linear" else f", {row['scale']} scale"
            allowed, default = f"{span}{',' if sort else ''}{sort}{scale}", _number(row["default"])
        case "choice":
            options = row["options"]
            assert isinstance(options, list), "a choice has options"
            allowed = "; ".join(f"`{option['value']}`: {option['label']}" for option in options)
            default = f"`{row['default']}`"
        case _:
            allowed, default = "`on` or `off`", "`on`" if row["default"] else "`off`"
    return f"`{row['name']}`", str(row["label"]), allowed, default, str(row["help"])


def _preset(model: Model, given: Mapping[str, object]) -> str:
    query = canonical_query(parse(model.parameters, given)).split("&")
    changed = [f"`{pair}`" for pair in query if pair.partition("=")[0] in given]
    return " ".join(changed) or "none"


def _number(value: object) -> str:
    """Return an input's bound or default in full: 1,000,000 and 0.0001, never 1e-04."""
    return f"{Decimal(str(value)):,f}".removesuffix(".0")


def _written(value: object) -> str:
    return _number(value) if isinstance(value, int) else _rounded(float(str(value)))


def _rounded(value: float) -> str:
    return f"{Decimal(f'{value:.{SIGNIFICANT_DIGITS}g}'):,f}"


def _section(heading: str, text: str, entries: Sequence[object]) -> tuple[str, ...]:
    return (heading, text) if entries else ()


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [tuple(columns), ("---",) * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _joined(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the pages into the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m simulations.reference", description=__doc__)
    parser.add_argument("folder", type=Path, help="such as docs/reference/simulations")
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
