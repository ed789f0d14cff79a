"""The shapes of what the API takes and gives, for its checks and its description."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from simulations.models import Computation, Prediction


class FieldOptionSerializer(serializers.Serializer[Any]):
    """One value of a choice."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class FieldSerializer(serializers.Serializer[Any]):
    """One input of a model."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    kind = serializers.ChoiceField(("number", "choice", "flag"))
    unit = serializers.CharField(allow_null=True)
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    step = serializers.FloatField(allow_null=True)
    scale = serializers.CharField(allow_null=True)
    integer = serializers.BooleanField(allow_null=True)
    default = serializers.JSONField()
    options = FieldOptionSerializer(many=True, allow_null=True)


class PresetSerializer(serializers.Serializer[Any]):
    """Settings worth starting from."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    parameters = serializers.DictField(child=serializers.CharField())


class ExperimentSerializer(serializers.Serializer[Any]):
    """A discovery that can be made."""

    name = serializers.CharField()
    title = serializers.CharField()
    goal = serializers.CharField()


class PromptSerializer(serializers.Serializer[Any]):
    """A question asked before the result is shown."""

    name = serializers.CharField()
    question = serializers.CharField()
    figure = serializers.CharField()
    unit = serializers.CharField()
    minimum = serializers.FloatField()
    maximum = serializers.FloatField()
    scale = serializers.ChoiceField(("linear", "log"))
    parameters = serializers.DictField(child=serializers.CharField())
    along = serializers.ListField(child=serializers.CharField())


class GuessPromptSerializer(serializers.Serializer[Any]):
    """What a scene asks to be drawn, placed, ticked or marked; a curve has a number at each of its knots."""

    name = serializers.CharField()
    question = serializers.CharField()
    shape = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField())
    knots = serializers.ListField(child=serializers.FloatField())
    unit = serializers.CharField()
    minimum = serializers.FloatField()
    maximum = serializers.FloatField()
    scale = serializers.ChoiceField(("linear", "log", "logit"))
    parameters = serializers.DictField(child=serializers.CharField())


class ModelSerializer(serializers.Serializer[Any]):
    """A model, its inputs, and what there is to find."""

    name = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    engine_version = serializers.CharField()
    evaluate_url = serializers.CharField()
    page_url = serializers.CharField()
    runnable = serializers.BooleanField()
    fields = FieldSerializer(many=True)  # type: ignore[assignment]
    presets = PresetSerializer(many=True)
    experiments = ExperimentSerializer(many=True)
    prompts = PromptSerializer(many=True)
    guess = GuessPromptSerializer(allow_null=True)


class NewPredictionSerializer(serializers.Serializer[Any]):
    """An interval or a guess to lock, as the prompt asks; without either the truth is shown unscored.

    `guess` has a number under each of the prompt's names, or a list of as many as it has knots.
    """

    offering = serializers.CharField(max_length=120)
    model = serializers.CharField(max_length=60)
    prompt = serializers.CharField(max_length=60)
    low = serializers.FloatField(allow_null=True, default=None)
    high = serializers.FloatField(allow_null=True, default=None)
    guess = serializers.JSONField(allow_null=True, default=None)
    item = serializers.CharField(max_length=120, allow_null=True, default=None)


class CalibrationSerializer(serializers.Serializer[Any]):
    """How many scored intervals held, beside the share aimed for."""

    held = serializers.IntegerField()
    total = serializers.IntegerField()
    aimed = serializers.FloatField()


class PredictionSerializer(serializers.Serializer[Any]):
    """A locked prediction with the truth."""

    id = serializers.UUIDField()
    model = serializers.CharField()
    prompt = serializers.CharField()
    shape = serializers.ChoiceField(Prediction.Shape.choices)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    truth = serializers.FloatField(allow_null=True)
    held = serializers.BooleanField(allow_null=True)
    guess = serializers.JSONField(allow_null=True)
    guess_truth = serializers.JSONField(allow_null=True)
    verdict = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    cause = serializers.CharField()
    explanation = serializers.CharField()
    calibration = CalibrationSerializer()
    challenge_url = serializers.CharField(allow_null=True)


class CohortCloudSerializer(serializers.Serializer[Any]):
    """How many others of a cohort are counted, and the quartiles of their guesses: a triple for each number by name.

    `cohort` is empty where the course is not a cohort's, `spread` absent where nobody is counted.
    """

    cohort = serializers.CharField()
    people = serializers.IntegerField()
    spread = serializers.JSONField(allow_null=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    """The cause named for what was seen, and a sentence."""

    cause = serializers.CharField(max_length=60)
    explanation = serializers.CharField(max_length=5_000, allow_blank=True)


class NewRunSerializer(serializers.Serializer[Any]):
    """A run to ask for."""

    offering = serializers.CharField(max_length=120)
    model = serializers.CharField(max_length=60)
    parameters = serializers.DictField()
    requests = serializers.IntegerField()
    seed = serializers.IntegerField(allow_null=True, default=None)
    item = serializers.CharField(max_length=120, allow_null=True, default=None)


class ListedRunSerializer(serializers.Serializer[Any]):
    """A run without its result. `done` and `total` count requests."""

    id = serializers.UUIDField()
    model = serializers.CharField()
    parameters = serializers.DictField(child=serializers.CharField())
    state = serializers.ChoiceField(Computation.State.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    requests = serializers.IntegerField()
    elapsed_seconds = serializers.FloatField(allow_null=True)
    remaining_seconds = serializers.FloatField(allow_null=True)
    message = serializers.CharField()
    seed = serializers.IntegerField()
    digest = serializers.CharField(allow_null=True)
    url = serializers.CharField()


class RunSerializer(ListedRunSerializer):
    """A run: how far, how long, what came of it."""

    result = serializers.DictField(allow_null=True)


class RunsPageSerializer(serializers.Serializer[Any]):
    """A page of one's own runs, the latest first."""

    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    total = serializers.IntegerField()
    runs = ListedRunSerializer(many=True)


class NewDiscoverySerializer(serializers.Serializer[Any]):
    """A discovery to claim, with the parameters that show it."""

    offering = serializers.CharField(max_length=120)
    model = serializers.CharField(max_length=60)
    experiment = serializers.CharField(max_length=60)
    parameters = serializers.DictField()
    item = serializers.CharField(max_length=120, allow_null=True, default=None)


class DiscoverySerializer(serializers.Serializer[Any]):
    """A discovery that the engine confirmed."""

    model = serializers.CharField()
    experiment = serializers.CharField()
    parameters = serializers.DictField(child=serializers.CharField())
    at = serializers.DateTimeField()
