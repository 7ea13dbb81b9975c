"""Accounts, as the real client looks them up."""

import pytest
import tweepy


async def test_accounts_are_found_by_handle_and_the_others_are_named(x, world):
    mara = world.accounts.open("mara_k")
    answer = await x.get_users(usernames=["MARA_K", "nobody_here"], user_auth=True)
    assert [user.id for user in answer.data] == [int(mara.id)]
    error = answer.errors[0]
    assert (error["parameter"], error["value"]) == ("usernames", "nobody_here")
    assert error["detail"] == "Could not find user with usernames: [nobody_here]."


async def test_accounts_are_found_by_id_and_the_others_are_named(x, world):
    mara = world.accounts.open("mara_k")
    answer = await x.get_users(ids=[mara.id, "12"])
    assert [user.username for user in answer.data] == ["mara_k"]
    assert [error["resource_id"] for error in answer.errors] == ["12"]


async def test_one_account_that_is_not_there_is_an_error_beside_a_200(x):
    answer = await x.get_user(id="12")
    assert (answer.data, answer.errors[0]["resource_type"]) == (None, "user")


@pytest.mark.parametrize("options", [{"usernames": ["much_too_long_a_handle"]}, {"ids": ["12"] * 101}])
async def test_a_look_up_that_makes_no_sense_is_a_bad_request(x, options):
    with pytest.raises(tweepy.BadRequest):
        await x.get_users(**options)


async def test_whom_the_brand_blocks_is_listed_latest_first(x, world):
    for handle in ("mara_k", "jon"):
        world.block("TarnwellHelp", handle)
    world.block("noor", "mara_k")
    answer = await x._make_request("GET", f"/2/users/{world.brand.id}/blocking", user_auth=True, data_type=tweepy.User)
    assert [user.username for user in answer.data] == ["jon", "mara_k"]
