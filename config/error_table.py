"""Status and code of every error class that the apps define."""

from __future__ import annotations

from accounts import errors as accounts
from lessons.catalogue import errors as catalogue
from quizzes import errors as quizzes
from quizzes.kinds import MalformedAnswer
from simulations import errors as simulations

STATUSES: dict[type[BaseException], tuple[int, str]] = {
    accounts.NotFound: (404, "not-found"),
    accounts.NotAllowed: (403, "forbidden"),
    accounts.LoginNeeded: (403, "login-needed"),
    accounts.InvalidToken: (401, "invalid-token"),
    accounts.EmailTaken: (409, "email-taken"),
    accounts.AlreadyMember: (409, "already-member"),
    accounts.SlugTaken: (409, "slug-taken"),
    accounts.LastOwner: (409, "last-owner"),
    accounts.TooManyTokens: (409, "too-many-tokens"),
    accounts.RoleDoesNotFit: (400, "role-does-not-fit"),
    accounts.InvalidDates: (400, "invalid-dates"),
    accounts.UnknownTimeZone: (400, "unknown-time-zone"),
    accounts.InvalidInvitation: (400, "invalid-invitation"),
    accounts.AccountsError: (400, "invalid"),
    catalogue.NotFound: (404, "not-found"),
    catalogue.NotEnrolled: (403, "not-enrolled"),
    catalogue.NotAllowed: (403, "forbidden"),
    catalogue.ItemKindChanged: (409, "item-kind-changed"),
    catalogue.ItemsCollide: (409, "items-collide"),
    catalogue.WrongCourse: (409, "wrong-course"),
    catalogue.NothingToOffer: (409, "nothing-to-offer"),
    catalogue.SlugTaken: (409, "slug-taken"),
    catalogue.CatalogueError: (400, "invalid"),
    simulations.InvalidInput: (400, "invalid"),
    simulations.UnknownModel: (404, "unknown-model"),
    simulations.TooCostly: (422, "too-costly"),
    simulations.NotRunnable: (422, "not-runnable"),
    simulations.RunNotFound: (404, "not-found"),
    simulations.PredictionNotFound: (404, "not-found"),
    simulations.InvalidChallenge: (404, "invalid-challenge"),
    simulations.NotYours: (403, "not-yours"),
    simulations.TooManyRuns: (409, "too-many-runs"),
    simulations.KeyReused: (409, "key-reused"),
    simulations.NotDiscovered: (422, "not-discovered"),
    simulations.SimulationsError: (400, "invalid"),
    quizzes.AssignmentNotFound: (404, "not-found"),
    quizzes.NotFound: (404, "not-found"),
    quizzes.LearnersOnly: (403, "learners-only"),
    quizzes.CannotStart: (409, "cannot-start"),
    quizzes.InvalidAssignment: (400, "invalid-assignment"),
    quizzes.ConfidenceMissing: (400, "confidence-missing"),
    quizzes.StaleVariant: (409, "stale-variant"),
    quizzes.SittingOver: (409, "sitting-over"),
    quizzes.StaleDraft: (409, "stale-draft"),
    quizzes.InvalidIdempotencyKey: (400, "invalid-idempotency-key"),
    quizzes.InvalidGrade: (400, "invalid-grade"),
    quizzes.InvalidCorrection: (400, "invalid-correction"),
    quizzes.CorrectionOvertaken: (409, "correction-overtaken"),
    quizzes.InvalidGradeFile: (422, "invalid-grade-file"),
    quizzes.GradeFileOvertaken: (409, "grade-file-overtaken"),
    quizzes.QuizzesError: (400, "invalid"),
    MalformedAnswer: (400, "malformed-answer"),
}
