"""Who gets what answer from which route: the rules that the route test holds the site to.

One line a route, relation and method; one column an actor, as `tests.world` explains them. The relation says whose
object the address or the body names: an offering that is open, cohort A's offering, a thing of the learner's there,
what belongs to cohort A's bootcamp (`school`), or what a link opens to whoever holds it. A cell is a status, or `log`
for a redirect to the log-in page. What one may not see is a 404: only who can see a thing is told that changing it is
not theirs (403). `token` is the status for every API token, or `=` where a token of each login is answered as that
login's browser is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.world import ACTORS

PAGES: Final = """
route                       relation method | visitor guest | learner peer observer instructor owner | sibling learner-b instructor-b
healthz                     -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
readyz                      -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200

reading:landing             -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:home                -        GET    |     302   200 |     200  200      200        200   200 |     200       200          200
reading:export              -        GET    |     302   200 |     200  200      200        200   200 |     200       200          200
reading:courses             -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:outline             open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:outline             cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
reading:chapter             open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:chapter             cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
reading:search              open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:search              cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
reading:glossary            open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:glossary            cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
reading:notes               open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:notes               cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
reading:notes               open     POST   |     302   302 |     302  302      302        302   302 |     302       302          302
reading:notes               cohort   POST   |     404   404 |     302  302      302        302   403 |     404       404          404
reading:notes-file          open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:notes-file          cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
reading:chapter-notes       open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:chapter-notes       cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
reading:note                open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
reading:note                cohort   GET    |     404   404 |     200  404      404        404   404 |     404       404          404
reading:note                open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
reading:note                cohort   POST   |     404   404 |     302  404      404        404   404 |     404       404          404
reading:delete-note         open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
reading:delete-note         cohort   POST   |     404   404 |     302  404      404        404   404 |     404       404          404
reading:opened              open     POST   |     204   204 |     204  204      204        204   204 |     204       204          204
reading:opened              cohort   POST   |     404   404 |     204  204      204        204   204 |     404       404          404
reading:cohort              open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
reading:cohort              cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404

catalogue:bootcamp          school   GET    |     404   404 |     404  404      404        200   200 |     200       404          404
catalogue:new-cohort        school   GET    |     404   404 |     404  404      404        403   200 |     403       404          404
catalogue:new-cohort        school   POST   |     404   404 |     404  404      404        403   303 |     403       404          404
catalogue:upload            school   GET    |     404   404 |     404  404      404        200   200 |     200       404          404
catalogue:upload            school   POST   |     404   404 |     404  404      404        303   303 |     303       404          404
catalogue:sent              school   GET    |     404   404 |     404  404      404        200   200 |     200       404          404
catalogue:course            school   GET    |     404   404 |     404  404      404        200   200 |     200       404          404
catalogue:revoke-previews   school   POST   |     404   404 |     404  404      404        303   303 |     303       404          404
catalogue:compare           school   GET    |     404   404 |     404  404      404        200   200 |     200       404          404
catalogue:give              cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
catalogue:give              cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
catalogue:adopt             open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
catalogue:adopt             cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
catalogue:adopt             open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
catalogue:adopt             cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
reading:preview             link     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:preview-glossary    link     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
reading:preview-chapter     link     GET    |     200   200 |     200  200      200        200   200 |     200       200          200

quizzes:gradebook           open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:gradebook           cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:export-grades       open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:export-grades       cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:import-grades       open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:import-grades       cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:import-grades       open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:import-grades       cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
quizzes:uploaded-grades     open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:uploaded-grades     cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:uploaded-grades     open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:uploaded-grades     cohort   POST   |     404   404 |     404  404      404        409   409 |     404       404          404
quizzes:gradebook-learner   open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:gradebook-learner   cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:gradebook-cell      open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:gradebook-cell      cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:gradebook-cell      open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:gradebook-cell      cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
quizzes:grades              open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:grades              cohort   GET    |     404   404 |     200  200      404        404   404 |     404       404          404

quizzes:question            open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
quizzes:question            cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
quizzes:submit              open     POST   |     303   303 |     303  303      303        303   303 |     303       303          303
quizzes:submit              cohort   POST   |     404   404 |     303  303      303        303   403 |     404       404          404
quizzes:draft               open     POST   |     200   200 |     200  200      200        200   200 |     200       200          200
quizzes:draft               cohort   POST   |     404   404 |     200  200      200        200   403 |     404       404          404
quizzes:give-up             open     POST   |     303   303 |     303  303      303        303   303 |     303       303          303
quizzes:give-up             cohort   POST   |     404   404 |     303  303      303        303   403 |     404       404          404
quizzes:assignments         open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:assignments         cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
quizzes:new-assignment      open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:new-assignment      cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:new-assignment      open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:new-assignment      cohort   POST   |     404   404 |     404  404      404        302   302 |     404       404          404
quizzes:category            open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:category            cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:category            open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:category            cohort   POST   |     404   404 |     404  404      404        302   302 |     404       404          404
quizzes:assignment          open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:assignment          cohort   GET    |     404   404 |     200  200      200        302   302 |     404       404          404
quizzes:start-assignment    open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:start-assignment    cohort   POST   |     404   404 |     302  302      403        403   403 |     404       404          404
quizzes:work                open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:work                cohort   GET    |     404   404 |     200  404      404        404   404 |     404       404          404
quizzes:hand-in             open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:hand-in             cohort   POST   |     404   404 |     302  404      404        404   404 |     404       404          404
quizzes:assignment-overview open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:assignment-overview cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:edit-assignment     open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:edit-assignment     cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:edit-assignment     open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:edit-assignment     cohort   POST   |     404   404 |     404  404      404        302   302 |     404       404          404
quizzes:preview-assignment  open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:preview-assignment  cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:post-grades         open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:post-grades         cohort   POST   |     404   404 |     404  404      404        302   302 |     404       404          404
quizzes:allowance           open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:allowance           cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:allowance           open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:allowance           cohort   POST   |     404   404 |     404  404      404        302   302 |     404       404          404
quizzes:extra-time          open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:extra-time          cohort   POST   |     404   404 |     404  404      404        302   302 |     404       404          404
quizzes:calibration         open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
quizzes:calibration         cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404

review:deck                 open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
review:deck                 cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
review:card                 open     GET    |     302   302 |     302  302      302        302   302 |     302       302          302
review:card                 cohort   GET    |     404   404 |     200  302      302        302   302 |     404       404          404
review:moved                open     GET    |     301   301 |     301  301      301        301   301 |     301       301          301
review:moved                cohort   GET    |     301   301 |     301  301      301        301   301 |     301       301          301
review:moved-question       open     GET    |     301   301 |     301  301      301        301   301 |     301       301          301
review:moved-question       cohort   GET    |     301   301 |     301  301      301        301   301 |     301       301          301
review:readiness            open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
review:readiness            cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
review:placement            open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
review:placement            cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
review:start-placement      open     POST   |     303   303 |     303  303      303        303   303 |     303       303          303
review:start-placement      cohort   POST   |     404   404 |     303  303      303        303   403 |     404       404          404
review:go-on                open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
review:go-on                cohort   POST   |     404   404 |     303  404      404        404   404 |     404       404          404
review:interviews           open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
review:interviews           cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404
review:start-interview      open     POST   |     303   303 |     303  303      303        303   303 |     303       303          303
review:start-interview      cohort   POST   |     404   404 |     303  303      303        303   403 |     404       404          404
review:interview            open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
review:interview            cohort   GET    |     404   404 |     200  404      404        404   404 |     404       404          404
review:answer-interview     open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
review:answer-interview     cohort   POST   |     404   404 |     303  404      404        404   404 |     404       404          404
review:moves                open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
review:moves                cohort   POST   |     404   404 |     303  404      404        404   404 |     404       404          404
review:finish-interview     open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
review:finish-interview     cohort   POST   |     404   404 |     303  404      404        404   404 |     404       404          404
review:rate                 open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
review:rate                 cohort   POST   |     404   404 |     303  404      404        404   404 |     404       404          404
review:ask                  open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
review:ask                  cohort   POST   |     404   404 |     303  404      404        404   404 |     404       404          404
review:question             open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
review:question             cohort   GET    |     404   404 |     200  404      404        404   404 |     404       404          404

quizzes:corrections         open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:corrections         cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:correct             open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:correct             cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:analysis            open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:analysis            cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:analysis-table      open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:analysis-table      cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:correct             open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:correct             cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
quizzes:order-analysis      open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:order-analysis      cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
quizzes:correction          open     GET    |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:correction          cohort   GET    |     404   404 |     404  404      404        200   200 |     404       404          404
quizzes:apply-correction    open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:apply-correction    cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
quizzes:forecast-correction open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:forecast-correction cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
quizzes:discard-correction  open     POST   |     404   404 |     404  404      404        404   404 |     404       404          404
quizzes:discard-correction  cohort   POST   |     404   404 |     404  404      404        303   303 |     404       404          404
quizzes:regrades-seen       -        POST   |     303   303 |     303  303      303        303   303 |     303       303          303

simulations:catalogue       -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
simulations:model           -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
simulations:predict         open     POST   |     302   302 |     302  302      302        302   302 |     302       302          302
simulations:predict         cohort   POST   |     404   404 |     302  302      302        302   403 |     404       404          404
simulations:request-run     open     POST   |     302   302 |     302  302      302        302   302 |     302       302          302
simulations:request-run     cohort   POST   |     404   404 |     302  302      302        302   403 |     404       404          404
simulations:explain         learner  POST   |     404   404 |     302  404      404        403   403 |     404       404          404
simulations:challenge       -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
simulations:embed           -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
simulations:oembed          -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
simulations:state-picture   -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200
simulations:question-picture -       GET    |     200   200 |     200  200      200        200   200 |     200       200          200
simulations:run             learner  GET    |     404   404 |     200  404      404        200   200 |     404       404          404
simulations:cancel-run      learner  POST   |     404   404 |     302  404      404        403   403 |     404       404          404
simulations:restart-run     learner  POST   |     404   404 |     302  404      404        403   403 |     404       404          404

accounts:settings           -        GET    |     log   log |     200  200      200        200   200 |     200       200          200
accounts:profile            -        POST   |     log   log |     302  302      302        302   302 |     302       302          302
accounts:token-issue        -        POST   |     log   log |     201  201      201        201   201 |     201       201          201
accounts:token-revoke       learner  POST   |     log   log |     302  404      404        404   404 |     404       404          404
accounts:erase              -        POST   |     log   log |     302  302      302        302   409 |     302       302          302
accounts:invitations        cohort   GET    |     log   log |     404  404      404        200   200 |     404       404          404
accounts:invitations        cohort   POST   |     log   log |     404  404      404        302   302 |     404       404          404
accounts:invitation-withdraw cohort  POST   |     log   log |     404  404      404        302   302 |     404       404          404
accounts:invitation         link     GET    |     200   200 |     200  200      200        200   200 |     200       200          200
accounts:invitation         link     POST   |     200   200 |     400  400      400        400   400 |     400       302          400
"""  # noqa: E501 - a table
"""The link invites learner-b; the owner is the last one, whose login can't be erased before there is another."""

API: Final = """
route               relation method | visitor guest | learner peer observer instructor owner | sibling learner-b instructor-b | token
api-me              -        GET    |     401   200 |     200  200      200        200   200 |     200       200          200 |     =
api-tokens          -        GET    |     401   401 |     200  200      200        200   200 |     200       200          200 |   403
api-tokens          -        POST   |     401   401 |     201  201      201        201   201 |     201       201          201 |   403
api-token           learner  DELETE |     401   401 |     204  404      404        404   404 |     404       404          404 |   403

api-evaluate        -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200 |     =
api-models          -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200 |     =
api-model           -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200 |     =
api-predictions     open     POST   |     201   201 |     201  201      201        201   201 |     201       201          201 |     =
api-predictions     cohort   POST   |     404   404 |     201  201      201        201   403 |     404       404          404 |     =
api-prediction      learner  GET    |     401   404 |     200  404      404        200   200 |     404       404          404 |     =
api-prediction      learner  PATCH  |     401   404 |     200  404      404        403   403 |     404       404          404 |     =
api-guesses         open     GET    |     200   200 |     200  200      200        200   200 |     200       200          200 |     =
api-guesses         cohort   GET    |     404   404 |     200  200      200        200   200 |     404       404          404 |     =
api-runs            -        GET    |     401   200 |     200  200      200        200   200 |     200       200          200 |     =
api-runs            open     POST   |     202   202 |     202  202      202        202   202 |     202       202          202 |     =
api-runs            cohort   POST   |     404   404 |     202  202      202        202   403 |     404       404          404 |     =
api-run             learner  GET    |     401   404 |     200  404      404        200   200 |     404       404          404 |     =
api-run-cancel      learner  POST   |     401   404 |     200  404      404        403   403 |     404       404          404 |     =
api-run-restart     learner  POST   |     401   404 |     200  404      404        403   403 |     404       404          404 |     =
api-discoveries     open     POST   |     201   201 |     201  201      201        201   201 |     201       201          201 |     =
api-discoveries     cohort   POST   |     404   404 |     201  201      201        201   403 |     404       404          404 |     =

api-attempts        open     POST   |     401   200 |     200  200      200        200   200 |     200       200          200 |     =
api-attempts        cohort   POST   |     401   404 |     200  200      200        200   403 |     404       404          404 |     =
api-attempt         learner  GET    |     404   404 |     200  404      404        200   200 |     404       404          404 |     =
api-attempt-draft   learner  PUT    |     401   404 |     200  404      404        404   404 |     404       404          404 |     =
api-attempt-submit  learner  POST   |     401   404 |     200  404      404        404   404 |     404       404          404 |     =

api-assignments     open     GET    |     401   404 |     404  404      404        404   404 |     404       404          404 |     =
api-assignments     cohort   GET    |     401   404 |     200  200      200        200   200 |     404       404          404 |     =
api-offerings       -        GET    |     200   200 |     200  200      200        200   200 |     200       200          200 |     =
api-progress        open     GET    |     401   200 |     200  200      200        200   200 |     200       200          200 |     =
api-progress        cohort   GET    |     401   404 |     200  200      200        200   200 |     404       404          404 |     =
api-cohort          open     GET    |     401   404 |     404  404      404        404   404 |     404       404          404 |     =
api-cohort          cohort   GET    |     401   404 |     404  404      404        200   200 |     404       404          404 |     =
"""  # noqa: E501 - a table
"""Tokens are made and revoked in a browser alone, so that one that leaks can't make others."""

LOG_IN: Final = """
route                                relation method | visitor guest | learner
account_login                        -        GET    |     200   200 |     302
account_signup                       -        GET    |     200   200 |     302
account_logout                       -        GET    |     302   302 |     200
account_inactive                     -        GET    |     200   200 |     200
account_email                        -        GET    |     log   log |     200
account_email_verification_sent      -        GET    |     200   200 |     200
account_change_password              -        GET    |     log   log |     200
account_set_password                 -        GET    |     log   log |     302
account_reauthenticate               -        GET    |     log   log |     200
account_reset_password               -        GET    |     200   200 |     200
account_reset_password_done          -        GET    |     200   200 |     200
account_reset_password_from_key      -        GET    |     200   200 |     200
account_reset_password_from_key_done -        GET    |     200   200 |     200
account_confirm_email                -        GET    |     200   200 |     200
account_confirm_login_code           -        GET    |     log   log |     302
"""
"""Allauth's pages: the methods and forms are its own affair, that nobody is shown another's login is ours."""

DESCRIPTIONS: Final = frozenset({"api-schema", "api-docs"})
"""What describes the API is for everybody."""


@dataclass(frozen=True)
class Rule:
    """What each actor is answered: `expected` by actor, `token` for programs (empty for pages)."""

    route: str
    relation: str
    method: str
    expected: Mapping[str, str]
    token: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.route} of {self.relation}"


def rules() -> tuple[Rule, ...]:
    """Return every line of the tables."""
    return tuple(_rule(row) for table in (PAGES, API, LOG_IN) for row in _rows(table))


def _rows(table: str) -> list[dict[str, str]]:
    header, *lines = [line.replace("|", " ").split() for line in table.splitlines() if line]
    return [dict(zip(header, cells, strict=True)) for cells in lines]


def _rule(row: dict[str, str]) -> Rule:
    expected = {actor: row[actor] for actor in ACTORS if actor in row}
    return Rule(row["route"], row["relation"], row["method"], expected, row.get("token", ""))
