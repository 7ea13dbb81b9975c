"""Says in plain words what a channel cannot do, and what helps."""

from __future__ import annotations

from bot.vocabulary import ChannelState, Lane

LANES = {
    Lane.HEAR: "Hearing customers",
    Lane.POST: "Posting replies",
    Lane.MESSAGE: "Sending direct messages",
    Lane.TALK: "Leading private conversations",
}

#: What stops while a lane does not work.
LANE_STOPS = {
    Lane.HEAR: "New posts are not heard",
    Lane.POST: "Replies are not posted",
    Lane.MESSAGE: "Direct messages are not sent",
    Lane.TALK: "The bot answers no direct messages",
}

#: What is lost meanwhile, so that nobody needs to ask.
LANE_MEANWHILE = {
    Lane.HEAR: "Heed catches up from where it stopped.",
    Lane.POST: "Replies wait in their order; an automatic one that waits too long goes to a person.",
    Lane.MESSAGE: "Direct messages wait in their order.",
    Lane.TALK: "Each new direct message goes to a person at once.",
}

#: The colour of a state, what it is called, and what helps.
CHANNEL_STATES = {
    ChannelState.WORKING: ("good", "works", ""),
    ChannelState.BUSY: ("warn", "rate limit used up", "Nothing to do: Heed goes on by itself when the window is over."),
    ChannelState.DOWN: (
        "bad",
        "cannot be reached",
        "Heed tries again by itself. If it lasts, look at the channel's status page and at this machine's network.",
    ),
    ChannelState.SPENT: ("bad", "out of credits", "Top up the credits in the channel's developer console."),
    ChannelState.CAPPED: (
        "bad",
        "usage cap reached",
        "Raise the cap or the spending limit in the channel's developer console, or wait for the next period.",
    ),
    ChannelState.BUDGET: (
        "warn",
        "our own budget is used up",
        "Raise x.month_dollars or the limits of posts and messages in the settings, or wait.",
    ),
    ChannelState.REFUSED: (
        "bad",
        "credentials refused",
        "Check the tokens and the app's permissions in the settings, and that the app was not revoked.",
    ),
}

DIALOGUE_HELPS = "Heed starts or calls Rasa again by itself. If it lasts, look at Rasa's own log."

CHANNELS = {"x": "X", "rasa": "Rasa"}

#: What a listener hears, by the stream that it keeps its place in.
STREAMS = {
    "x": "Posts that mention us",
    "x own posts": "Our own posts, for what people write in X's app",
    "x messages": "Direct messages",
    "x keywords": "Keywords, for trends only",
}


def channel(name: str) -> str:
    """Give a channel's name as people write it."""
    return CHANNELS.get(name, name)


def stream(name: str) -> str:
    """Say what is heard on a stream."""
    return STREAMS.get(name, name)


FILTERS = {"channel": channel, "stream": stream}

GLOBALS = {
    "CHANNEL_STATES": CHANNEL_STATES,
    "DIALOGUE_HELPS": DIALOGUE_HELPS,
    "LANES": LANES,
    "LANE_MEANWHILE": LANE_MEANWHILE,
    "LANE_STOPS": LANE_STOPS,
}
