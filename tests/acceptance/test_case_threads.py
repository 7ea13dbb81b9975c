"""Edge cases of threads: what belongs together, and who has it. Numbers as in docs/reference/edge-cases.md."""

import pytest

from bot.vocabulary import ConversationState, DraftState, Reason, ReplyState, Route
from storage import cases
from storage.tables import conversations, drafts, mentions, replies
from tests.acceptance.stage import CLEAR, IRATE, OTHER, cautious, serving, until

UNSURE = "@TarnwellHelp my Slate 11 does something odd with the pen when it is cold"


async def test_case_03_a_post_edited_twice_before_the_answer_is_answered_once_in_its_latest_words(stage, brain):
    async with serving(stage.under(intake={"hold_seconds": 3}), brain):
        first = stage.say(UNSURE)
        second = stage.world.edit(first, UNSURE + "!").id
        last = stage.world.edit(second, CLEAR).id
        [answer] = await until(lambda: stage.answers(last))

    assert "Fn" in answer
    assert len(await stage.all(replies)) == 1


async def test_case_03_an_answered_post_that_is_edited_tells_a_person_and_gets_no_second_reply(stage, brain):
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        await until(stage.receipts)
        edited = stage.world.edit(post, OTHER).id
        decision = await stage.decision(edited)

    assert decision.reasons == [Reason.DUPLICATE]
    assert len(await stage.all(replies)) == 1
    assert (await stage.conversation(edited)).state == ConversationState.OPEN


async def test_case_05_a_post_that_names_two_of_our_handles_is_one_case_with_one_answer(stage, brain):
    stage.world.accounts.open("Tarnwell", name="Tarnwell")
    ours = stage.under(x={"also_ours": ("Tarnwell",)})
    async with serving(ours, brain):
        post = stage.say(CLEAR + " @Tarnwell")
        await until(stage.receipts)
        brand = stage.say("@TarnwellHelp please look after this", author="Tarnwell", reply_to=post)
        decision = await stage.decision(brand)

    assert len(stage.answers(post)) == 1
    assert decision.reasons == [Reason.OURSELVES]
    assert len(await stage.all(conversations, conversations.c.author_handle == "mara_k")) == 1


async def test_case_06_two_customers_under_one_brand_post_are_two_cases(stage, brain):
    brand_post = stage.say("Our summer update is out.", author=stage.world.brand.handle)
    async with serving(stage, brain):
        mara = stage.say(CLEAR, reply_to=brand_post)
        jon = stage.say(CLEAR, author="jon_weber", reply_to=brand_post)
        await until(lambda: stage.answers(mara) and stage.answers(jon))

    assert (await stage.conversation(mara)).id != (await stage.conversation(jon)).id
    assert "jon" not in stage.answers(mara)[0].lower()


async def test_case_07_our_own_reply_that_comes_back_is_no_new_case(stage, brain):
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        await until(stage.receipts)
        other = stage.say(OTHER, author="jon_weber")
        await until(lambda: stage.answers(other))

    assert await stage.all(mentions, mentions.c.ours) == []
    assert (await stage.conversation(post)).owner is None


async def test_case_07_a_person_who_answers_on_x_locks_the_bot_out_until_it_is_returned(stage, brain):
    ana = await stage.agent()
    async with serving(stage, brain):
        post = stage.say(IRATE)
        await stage.course(post)
        stage.say("We are so sorry. A colleague will call you.", author=stage.world.brand.handle, reply_to=post)
        locked = await until(lambda: _owned(stage, post))
        silent = await stage.decision(stage.say(CLEAR, reply_to=post))
        await stage.act(cases.return_to_bot, locked.id, by=ana)
        again = stage.say(OTHER, reply_to=post)
        await until(lambda: stage.answers(again))

    assert "X" in locked.owner
    assert silent.reasons == [Reason.CONVERSATION_WITH_AGENT]


async def test_case_08_reposts_of_a_mention_count_for_reach_only(stage, brain):
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        repost = stage.say("", author="jon_weber", repost_of=post)
        decision = await stage.decision(repost)
        await until(stage.receipts)

    assert (decision.route, decision.reasons) == (Route.IGNORE, [Reason.REPOST])
    assert len(await stage.all(replies)) == 1


async def test_case_09_a_follow_up_with_an_implicit_mention_only_waits_for_a_person(stage, brain):
    async with serving(stage, brain):
        post = stage.say(CLEAR)
        await until(lambda: stage.answers(post))
        ours = next(reply for reply in stage.world.replies(stage.world.get(post)))
        follow_up = stage.say("how do I connect my Dock 2 to two displays?", reply_to=ours.id)
        decision = await stage.decision(follow_up)

    assert decision.route == Route.DRAFT
    assert Reason.NOT_SUMMONED in decision.reasons
    assert stage.answers(follow_up) == []


async def test_case_10_three_posts_within_the_hold_window_are_one_decision(stage, brain):
    async with serving(stage.under(intake={"hold_seconds": 4}), brain):
        first = stage.say("@TarnwellHelp hi there")
        second = stage.say("@TarnwellHelp it is about my Book 15", reply_to=first)
        third = stage.say("@TarnwellHelp how do I swap the Fn and Ctrl keys?", reply_to=second)
        decision = await stage.decision(third)
        earlier = [await stage.decision(post) for post in (first, second)]
        await until(lambda: stage.answers(third))

    assert len(decision.together) == 2
    assert "Book 15" in decision.understanding["text"]
    assert [each.reasons for each in earlier] == [[Reason.CONTINUED]] * 2
    assert len(await stage.all(replies)) == 1


async def test_case_11_a_new_post_withdraws_the_waiting_draft_and_is_decided_with_what_it_answered(stage, brain):
    async with serving(stage, cautious(brain)):
        post = stage.say(CLEAR)
        await stage.course(post)
        more = stage.say("@TarnwellHelp it is the one with the German keyboard", reply_to=post)
        decision = await stage.decision(more)
        kept = await stage.all(drafts)

    assert kept[0].state == DraftState.WITHDRAWN
    assert len(decision.together) == 1
    assert "Fn" in decision.understanding["text"]


async def test_case_11_a_reply_that_waits_is_withdrawn_when_the_customer_writes_again(stage, brain):
    async with serving(stage, brain):
        await stage.fault(kind="rate_limit", method="POST", path="/2/tweets", times=1)
        post = stage.say(CLEAR)
        await until(lambda: _tried(stage))
        more = stage.say(
            "@TarnwellHelp sorry, wrong question: how do I connect my Dock 2 to two displays?", reply_to=post
        )
        decision = await stage.decision(more)
        kept = await stage.all(replies, replies.c.in_reply_to == post)

    assert kept[0].state == ReplyState.CANCELLED
    assert len(decision.together) == 1
    assert stage.answers(post) == []


async def test_case_14_a_resolved_conversation_starts_afresh_when_the_customer_comes_back(stage, brain):
    ana = await stage.agent()
    async with serving(stage, brain):
        post = stage.say(IRATE)
        await stage.course(post)
        conversation = await stage.conversation(post)
        await stage.act(cases.resolve, conversation.id, by=ana)
        later = stage.say(CLEAR, reply_to=post)
        decision = await stage.decision(later)
        await until(lambda: stage.answers(later))

    assert decision.route == Route.ANSWER
    assert decision.together == []
    assert (await stage.conversation(later)).state == ConversationState.PENDING


@pytest.mark.parametrize("author", ["mara_k", "jon_weber"])
async def test_case_06_a_handoff_carries_no_name_of_another_customer(stage, brain, author):
    brand_post = stage.say("Our summer update is out.", author=stage.world.brand.handle)
    others = {"mara_k", "jon_weber"} - {author}
    async with serving(stage, brain):
        posts = {name: stage.say(IRATE, author=name, reply_to=brand_post) for name in ("mara_k", "jon_weber")}
        for post in posts.values():
            await stage.course(post)
        case = await stage.act(cases.find_case, (await stage.conversation(posts[author])).id)

    assert {mention.author_handle for mention in case.mentions} == {author}
    assert not any(other in repr(case) for other in others)


async def _owned(stage, post):
    conversation = await stage.conversation(post)
    return conversation if conversation.owner else None


async def _tried(stage):
    return [reply for reply in await stage.all(replies) if reply.attempts]
