"""What a step of a scenario waits for."""

from sandbox.post_office import PostOffice
from sandbox.scenario import Sign
from sandbox.signs import has_come
from sandbox.world import NewPost, World
from tests.sandbox.mails import send_case


def test_a_post_of_the_brand_counts_from_the_moment_on(world, clock):
    since = clock()
    assert not has_come(Sign.POST, world, PostOffice(), since=since)
    world.post(NewPost(author=world.brand.handle, text="hello"))
    assert has_come(Sign.POST, world, PostOffice(), since=since)
    assert not has_come(Sign.POST, world, PostOffice(), since=clock())


def test_posts_of_others_are_no_sign(world, clock):
    since = clock()
    world.post(NewPost(author="mara_k", text="hello"))
    assert not has_come(Sign.POST, world, PostOffice(), since=since)


def test_a_message_counts_where_the_brand_sent_it(world, clock):
    since = clock()
    world.send("mara_k", world.brand.handle, "hello")
    assert not has_come(Sign.MESSAGE, world, PostOffice(), since=since)
    world.send(world.brand.handle, "mara_k", "hello")
    assert has_come(Sign.MESSAGE, world, PostOffice(), since=since)
    assert not has_come(Sign.MESSAGE, world, PostOffice(), since=clock())


async def test_a_mail_counts_until_it_is_answered(clock):
    desk, heed = PostOffice(clock=clock), PostOffice()
    async with desk.open(), heed.open():
        desk.send_replies_to("127.0.0.1", heed.port)
        assert not has_come(Sign.MAIL, World(), desk, since=clock())
        await send_case(desk.port)
        assert has_come(Sign.MAIL, World(), desk, since=clock())
        await desk.answer("1", "done")
        assert not has_come(Sign.MAIL, World(), desk, since=clock())
