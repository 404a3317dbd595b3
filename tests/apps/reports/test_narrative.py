# SPDX-License-Identifier: EUPL-1.2
"""What the documents say: the same facts everywhere, in French, from the dossier alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from carene.apps.reports.rendering import narrative, tables
from carene.apps.reports.rendering.dossier import FollowUp
from carene.engines.planner.model import Step
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer
from tests.support.dossiers import TODAY, bare_dossier, dossier, plan

NBSP, NARROW = "\u00a0", "\u202f"


def test_the_headline_is_the_step() -> None:
    assert narrative.headline(dossier()) == "Palier 1 sur 3"
    assert narrative.headline_title(dossier()) == "Conscient"


def test_without_steps_the_headline_is_the_score() -> None:
    one = dossier()
    judgement = replace(one.judgement, step=replace(one.judgement.step, step=None, title="", next_step=None))
    flat = replace(one, referential=replace(one.referential, steps=()), judgement=judgement)
    assert narrative.headline(flat) == "1,9 sur 4"
    assert narrative.next_step(flat) == ""
    assert not any("palier" in sentence.lower() for sentence in narrative.method(flat))


def test_standing_gives_the_change_and_its_date() -> None:
    said = " ".join(narrative.standing(dossier()))
    assert f"1,9 sur 4, +0,2 depuis le 3{NBSP}octobre 2025." in said


def test_a_provisional_step_is_said_so() -> None:
    one = bare_dossier()
    answers = {"GOV.1.2": Answer("GOV.1.2", 2)}
    judged = replace(one, judgement=judge(one.referential, one.profile, answers, {}, TODAY))
    assert f"Palier provisoire : 9{NBSP}critères du socle ne sont pas encore évalués." in narrative.standing(judged)


def test_before_any_answer_nothing_is_claimed() -> None:
    one = bare_dossier()
    assert narrative.headline(one) == "Pas encore évalué"
    assert narrative.headline_title(one) == narrative.next_step(one) == ""
    assert narrative.standing(one) == ["Aucun critère n'est encore évalué : ce document se remplira avec les réponses."]
    assert narrative.coverage(one) == "Aucun critère évalué sur 20."
    assert "premières réponses" in narrative.no_strength(one) + narrative.no_weakness(one)


def test_the_next_step_names_what_is_missing() -> None:
    said = narrative.next_step(dossier())
    assert said.startswith("Pour le palier 2, « Protégé sur l'essentiel » : amener")
    assert "PSSI revue chaque année" in said
    assert f"50{NBSP}% des autres critères au niveau 2" in said


def test_costs_add_up_to_the_plan() -> None:
    said = narrative.costs(dossier())
    assert said[0] == f"184{NBSP}k€ sur 3{NBSP}ans, pour un budget de 480{NBSP}k€."
    assert said[1].startswith(f"189{NBSP}jours de travail des équipes : Réseau 88, Systèmes 64")
    assert said[2] == f"Ensuite, 13,2{NBSP}k€ par an pour faire vivre ce qui est en service."
    assert narrative.costs(bare_dossier()) == ["Aucune feuille de route n'est encore chiffrée."]
    assert narrative.costs(dossier(plan=plan([]))) == ["La feuille de route ne retient aucune action."]


def test_what_is_already_spent_is_said() -> None:
    spent = dossier(follow_ups={"mfa": FollowUp("done", spent=9000.0), "pssi": FollowUp(spent=400.0)})
    assert narrative.costs(spent)[1] == f"9,4{NBSP}k€ sont déjà dépensés."
    assert not any("dépensés" in sentence for sentence in narrative.costs(dossier()))


def test_the_board_is_asked_what_the_plan_needs() -> None:
    said = narrative.decisions(dossier())
    assert said[0] == f"Adopter la feuille de route 2027–2029 : 7{NBSP}actions."
    assert "Inscrire au budget" in said[1]
    assert "Arbitrer une demande" in said[3]
    assert narrative.decisions(dossier(decisions=("Voter.",))) == ["Voter."]
    assert any("feuille de route chiffrée" in sentence for sentence in narrative.decisions(dossier(plan=None)))
    assert "9\u00a0critères du socle restés sans réponse" in narrative.decisions(bare_dossier())[0]


def test_gains_name_the_step_and_its_quarter() -> None:
    assert "le palier 2 est atteint à la fin du 4e trimestre 2028" in narrative.gains(dossier())
    assert narrative.gains(bare_dossier()) == ""
    assert narrative.gains(dossier(plan=plan([]))) == "Le score d'ensemble reste de 1,9 sur 4."


def test_a_plan_older_than_the_judgement_does_not_promise_what_is_already_there() -> None:
    one = dossier()
    step = replace(one.judgement.step, step=2)
    overall = replace(one.judgement.overall, score=2.6)
    since = replace(one, judgement=replace(one.judgement, step=step, overall=overall))
    said = narrative.gains(since)
    assert "nous en sommes à 2,6" in said
    assert said.endswith("Le palier 2 qu'il visait est atteint.")
    assert "est atteint à la fin" not in said


def test_a_plan_that_was_outrun_asks_for_another() -> None:
    one = dossier()
    ahead = replace(one, judgement=replace(one.judgement, overall=replace(one.judgement.overall, score=3.9)))
    assert "nous en sommes déjà à 3,9, il est temps d'en refaire un" in narrative.gains(ahead)


def test_what_passes_the_budget_is_explained() -> None:
    one = dossier()
    assert one.plan is not None
    poor = replace(one.plan, years=tuple(replace(year, budget=10_000.0) for year in one.plan.years))
    said = narrative.costs(replace(one, plan=poor, outside=2))
    assert said[1].startswith(f"C'est 154{NBSP}k€ de plus que le budget")
    assert not any("de plus que" in sentence for sentence in narrative.costs(replace(one, plan=poor)))


def test_measures_without_effect_are_counted() -> None:
    assert narrative.idle(0) == ""
    assert narrative.idle(1).startswith("Une autre mesure n'aurait rien changé ici")
    assert narrative.idle(46).startswith("46 autres mesures n'auraient rien changé ici")


def test_estimates_say_whose_they_are() -> None:
    assert "sauf pour une action dont l'établissement" in narrative.estimates(dossier())
    assert "peut les remplacer" in narrative.estimates(dossier(overridden=frozenset()))


def test_assumptions_include_those_of_the_problem_once() -> None:
    said = narrative.assumptions(
        dossier(assumptions=("Deux critères sans réponse sont comptés au niveau 0.", "Autre."))
    )
    assert said == ["Deux critères sans réponse sont comptés au niveau 0.", "Autre."]


def test_an_action_past_its_end_is_late_until_done() -> None:
    late = dossier(prepared_on=dt.date(2027, 6, 15), follow_ups={"comptes-domaine": FollowUp("done")})
    states = {line.measure: line.state for line in late.actions}
    assert states["comptes-domaine"] == "done"
    assert states["mfa"] == "late"
    assert states["biomedical"] == "planned"


def test_follow_up_dates_replace_those_of_the_plan() -> None:
    moved = dossier(follow_ups={"pssi": FollowUp(start=dt.date(2028, 2, 1), end=dt.date(2028, 3, 31))})
    assert moved.actions[-1].measure in {"pssi", "biomedical"}
    line = next(line for line in moved.actions if line.measure == "pssi")
    assert (line.start, line.end) == (dt.date(2028, 2, 1), dt.date(2028, 3, 31))


def test_the_imposed_deadline_is_the_last_day_allowed() -> None:
    line = next(line for line in dossier().actions if line.measure == "restauration")
    assert line.deadline == dt.date(2027, 11, 30)


def test_every_criterion_objective_and_action_is_in_the_rows() -> None:
    one = dossier()
    assert [row.criterion.id for row in tables.criterion_rows(one)] == [c.id for c in one.referential.criteria]
    assert sum(len(group.bars) for group in tables.objective_groups(one)) == 10
    assert len(tables.gantt_rows(one)) == 7
    assert len(tables.strength_rows(one)) == len(one.judgement.strengths)
    assert len(tables.weakness_rows(one)) == len(one.judgement.weaknesses)


def test_what_would_change_nothing_is_left_out_last() -> None:
    rows = tables.left_out_rows(dossier())
    assert [row.idle for row in rows] == [False, False, True]
    assert rows[0].title == "SOC externalisé 24 h sur 24"


def test_the_most_regretted_measure_comes_first() -> None:
    one = dossier()
    assert one.plan is not None
    problem = replace(
        one.plan.problem,
        candidates=tuple(
            replace(c, steps=(Step("OPS.2.1", 0, 4),)) if c.id == "bastion" else c for c in one.plan.problem.candidates
        ),
        weights={"OPS.2.1": 5.0},
        targets={"OPS.2.1": 4},
    )
    levels = tuple({**moment, "OPS.2.1": 1} for moment in one.plan.levels)
    rows = tables.left_out_rows(replace(one, plan=replace(one.plan, problem=problem, levels=levels)))
    assert rows[0].title == "Bastion du GHT"
    assert rows[0].regret == 15.0


def test_disagreements_are_sentences() -> None:
    (found,) = tables.disagreements(dossier())
    assert found[0] == "OPS.2.1"
    assert found[2].startswith("Déclaré 2, mesuré 1")


def test_a_history_with_nothing_judged_has_no_point() -> None:
    one = dossier()
    empty = replace(one.history[0], overall=None)
    _, dates = tables.history_series(replace(one, history=(empty, one.history[1])))
    assert len(dates) == 1


def test_a_saturated_skill_makes_its_quarter_tight() -> None:
    loads = tables.loads(plan())
    assert len(loads) == 12
    assert not any(load.tight for load in loads)
    full = plan([("x", "X", 0, 0, {"systemes": 60}, 0, 6, False, "OPS.1.2", 3)])
    assert [load.tight for load in tables.loads(full)][:3] == [True, True, False]


def test_how_good_the_plan_is_stands_in_one_sentence() -> None:
    one = replace(dossier(), risk=None)
    assert one.plan is not None
    assert narrative.worth(one) == []  # nothing is claimed of a plan without a bound
    near = replace(one, plan=replace(one.plan, bound=110.0, gap=0.034))
    assert narrative.worth(near) == [f"C'est démontré : ce plan est à 3,4{NBSP}% au plus du meilleur plan possible."]
    best = replace(one, plan=replace(one.plan, bound=100.0, gap=0.0))
    assert narrative.worth(best) == ["C'est démontré : avec ces moyens, aucun plan ne vaut plus que celui-ci."]
    assert narrative.worth(bare_dossier()) == []
