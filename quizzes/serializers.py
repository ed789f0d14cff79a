"""The shapes in which the API speaks of attempts and assignments."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from quizzes.models import Attempt, GradeEntry, Step
from quizzes.selectors.assignments import WorkState
from quizzes.selectors.withholding import RECORDED

LARGEST_SEQUENCE = 2**31 - 1


class OptionSerializer(serializers.Serializer[Any]):
    """An option of a variant, by the letter under which it is shown."""

    id = serializers.CharField()
    html = serializers.CharField()


class PartSerializer(serializers.Serializer[Any]):
    """A part of a variant, by the letter under which it is answered; one with `given` is shown worked and not asked."""

    id = serializers.CharField()
    html = serializers.CharField()
    unit = serializers.CharField(required=False)
    precision_note = serializers.CharField(required=False)
    given = serializers.CharField(required=False)
    worked_html = serializers.CharField(required=False)


class ChoiceSerializer(serializers.Serializer[Any]):
    """A place, partner or bin that a part can be given, by the id that answers name."""

    id = serializers.CharField()
    text = serializers.CharField()


class ShownQuestionSerializer(serializers.Serializer[Any]):
    """A variant as a learner sees it."""

    kind = serializers.CharField()
    title = serializers.CharField()
    dimension = serializers.CharField()
    stem_html = serializers.CharField()
    options = OptionSerializer(many=True)
    parts = PartSerializer(many=True, required=False)
    choices = ChoiceSerializer(many=True, required=False)
    ends = serializers.ListField(child=serializers.CharField(), required=False)
    unit = serializers.CharField()
    precision_note = serializers.CharField()


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer: what was typed, one option's letter or several, or a text for each part by its letter.

    What the kind has no use for is left out.
    """

    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    choice = serializers.CharField(required=False, allow_blank=True)
    choices = serializers.ListField(child=serializers.CharField(), required=False, max_length=26)
    parts = serializers.DictField(child=serializers.CharField(allow_blank=True, trim_whitespace=False), required=False)


class DraftSerializer(serializers.Serializer[Any]):
    """What is typed and not submitted; a draft is taken if its sequence number is above the kept one's."""

    variant = serializers.UUIDField()
    sequence = serializers.IntegerField(min_value=0, max_value=LARGEST_SEQUENCE)
    answer = AnswerSerializer()
    confidence = serializers.ChoiceField(choices=Step.Confidence.choices, required=False, write_only=True)
    saved_at = serializers.DateTimeField(read_only=True)


class PartFeedbackSerializer(serializers.Serializer[Any]):
    """How a part was judged, and what is said of it."""

    outcome = serializers.ChoiceField(choices=Step.Outcome.choices)
    html = serializers.CharField(allow_blank=True)


class FeedbackSerializer(serializers.Serializer[Any]):
    """What is said of an answer as a whole, and of options and parts by letter."""

    html = serializers.CharField(allow_blank=True)
    options = serializers.DictField(child=serializers.CharField())
    parts = serializers.DictField(child=PartFeedbackSerializer(), required=False)


class StepSerializer(serializers.Serializer[Any]):
    """A submitted try and its judgement."""

    number = serializers.IntegerField()
    variant = serializers.UUIDField()
    answer = AnswerSerializer()
    confidence = serializers.ChoiceField(choices=Step.Confidence.choices)
    outcome = serializers.ChoiceField(choices=(*Step.Outcome.choices, (RECORDED, "Recorded: not told yet")))
    fraction = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
    misconception = serializers.CharField(allow_blank=True)
    feedback = FeedbackSerializer()
    submitted_at = serializers.DateTimeField()


class GradeSerializer(serializers.Serializer[Any]):
    """The grade that stands; `fraction` is null where excused."""

    kind = serializers.ChoiceField(choices=GradeEntry.Kind.choices)
    fraction = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class AttemptSerializer(serializers.Serializer[Any]):
    """An attempt with the variant that can be answered now."""

    id = serializers.UUIDField()
    item = serializers.CharField()
    state = serializers.ChoiceField(choices=Attempt.State.choices)
    tries_allowed = serializers.IntegerField()
    penalty = serializers.DecimalField(max_digits=4, decimal_places=3)
    variant = serializers.UUIDField()
    question = ShownQuestionSerializer()
    draft = DraftSerializer(allow_null=True)
    steps = StepSerializer(many=True)
    grade = GradeSerializer(allow_null=True)
    solution_html = serializers.CharField(allow_blank=True)


class NewAttemptSerializer(serializers.Serializer[Any]):
    """Which question of which offering to begin."""

    offering = serializers.SlugField()
    item = serializers.CharField(max_length=120)


class SubmitSerializer(serializers.Serializer[Any]):
    """An answer to the current variant, and how sure one is of it."""

    variant = serializers.UUIDField()
    answer = AnswerSerializer()
    confidence = serializers.ChoiceField(choices=Step.Confidence.choices)


class AssignmentSerializer(serializers.Serializer[Any]):
    """An assignment with the asker's own times; `mark` is the share of its points, null until it is posted."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    category = serializers.CharField()
    opens_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    cut_off_at = serializers.DateTimeField()
    extended = serializers.BooleanField(source="is_extended")
    state = serializers.ChoiceField(choices=[state.value for state in WorkState])
    late = serializers.BooleanField(source="is_late")
    questions = serializers.IntegerField()
    answered = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    posted_at = serializers.DateTimeField(allow_null=True)
    mark = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
