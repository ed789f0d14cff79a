"""The shapes in which the API speaks of courses and progress."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from lessons.reading.standing import Mark

MARKS = [mark.value for mark in Mark]


class OfferingSerializer(serializers.Serializer[Any]):
    """A course and for whom it is given; `cohort` is empty for the open one."""

    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    cohort = serializers.CharField(source="group", allow_blank=True)
    enrolled = serializers.BooleanField(source="is_enrolled")


class SectionProgressSerializer(serializers.Serializer[Any]):
    """How far a section is; `fraction` is the mean of its grades, null without any."""

    title = serializers.CharField(source="section.title")
    anchor = serializers.CharField(source="section.anchor")
    state = serializers.ChoiceField(choices=MARKS, source="mark")
    questions = serializers.IntegerField()
    graded = serializers.IntegerField()
    fraction = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)


class ChapterProgressSerializer(serializers.Serializer[Any]):
    """How far a chapter is; one that is not written yet has no key and no sections."""

    key = serializers.CharField(allow_blank=True)
    number = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=MARKS, source="mark")
    questions = serializers.IntegerField()
    graded = serializers.IntegerField()
    fraction = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
    sections = SectionProgressSerializer(many=True)


class ProgressSerializer(serializers.Serializer[Any]):
    """The asker's progress in an offering."""

    offering = serializers.CharField(source="slug")
    title = serializers.CharField()
    cohort = serializers.CharField(source="group", allow_blank=True)
    enrolled = serializers.BooleanField(source="is_enrolled")
    chapters = ChapterProgressSerializer(many=True)


class LearnerSerializer(serializers.Serializer[Any]):
    """A learner with how far they are, and section by section of the chapter asked for."""

    name = serializers.CharField()
    graded = serializers.IntegerField()
    fraction = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)
    sections = SectionProgressSerializer(many=True)


class StuckSerializer(serializers.Serializer[Any]):
    """A question with how many tried it and how many were wrong at first."""

    title = serializers.CharField()
    section = serializers.CharField()
    tried = serializers.IntegerField()
    wrong = serializers.IntegerField()


class CohortSerializer(serializers.Serializer[Any]):
    """One page of a cohort's learners, by name."""

    offering = serializers.CharField(source="slug")
    organisation = serializers.CharField()
    cohort = serializers.CharField()
    learners = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    questions = serializers.IntegerField()
    chapter = serializers.SlugField(source="chapter.key", allow_null=True, default=None)
    rows = LearnerSerializer(many=True)
    stuck = StuckSerializer(many=True)
