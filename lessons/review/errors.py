"""What can go wrong with reviews, in words for the learner."""

from __future__ import annotations


class ReviewError(Exception):
    """Base of every error of this room; its text is meant for the person who caused it."""


class NotFound(ReviewError):
    """What was asked for does not exist, or is not the asker's."""

    def __init__(self) -> None:
        super().__init__("There is nothing here by that address, or it is not yours to see.")


class InvalidRating(ReviewError):
    """A rating was sent that is none of the four."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"“{given[:20]}” is no rating; there are 1 (forgotten), 2 (with effort), 3 (recalled) and 4 (at once). "
            "Nothing was noted; go back and choose one."
        )


class StaleCard(ReviewError):
    """A card was rated from a page older than its last review."""

    def __init__(self) -> None:
        super().__init__(
            "This card was reviewed in the meantime, perhaps in another tab. "
            "That review stands; go on with the next card."
        )


class NotDue(ReviewError):
    """A card was rated or asked before its day."""

    def __init__(self, day: str) -> None:
        super().__init__(
            f"This card is not due before {day}. Meeting it earlier would teach little and blur what is predicted, "
            "so nothing was noted."
        )


class NothingToAsk(ReviewError):
    """A round was to begin in a course that has no question left to ask."""

    def __init__(self) -> None:
        super().__init__(
            "There is no question to ask here: the course has none, or each of them is being answered in a review. "
            "Finish those reviews, or come back when the next chapter is there."
        )


class InvalidLength(ReviewError):
    """An interview was to last as long as none does."""

    def __init__(self, given: str, lengths: tuple[int, ...]) -> None:
        *most, last = (str(length) for length in lengths)
        super().__init__(
            f"“{given[:20]}” is no length of an interview; there are {', '.join(most)} and {last} minutes. "
            "Nothing has started; go back and choose one."
        )


class RoundOver(ReviewError):
    """Something was sent to an interview that has ended."""

    def __init__(self) -> None:
        super().__init__("This interview is over. What was sent or saved in time counts; this came after it.")


class InterviewRuns(ReviewError):
    """A card was to ask a question while an interview runs."""

    def __init__(self) -> None:
        super().__init__(
            "An interview is running, and its clock with it. Finish it, and the daily review asks its questions again."
        )
