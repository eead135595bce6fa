"""Talk of something new by somebody who works on it, without a word that could be looked up. Off unless a rule asks."""

from collections.abc import Iterator

from monitor.match import cues
from monitor.match.candidates import Candidate
from monitor.match.view import Joined, Post, View
from monitor.model.findings import Reason
from monitor.model.rulebook import Kind


def find_hints(post: Post, view: View) -> Iterator[Joined]:
    """The first words of a part that hint at the product which the author works on and which comes out soonest.

    Nothing where the sentence names a product: it is said of that one.
    """
    subject = post.soonest_known(Kind.PRODUCT)
    if subject is None or not post.is_near(subject, Kind.PRODUCT):
        return
    for found in cues.HINT.finditer(view.folded.text):
        sentence = view.around.sentence_of(found.start())
        if not any(name.sentence == sentence for name in view.names):
            start, end = view.folded.span(*found.span())
            seen = Candidate(Kind.HINT, subject, start, end, 0, Reason("launch_talk"))
            yield Joined(seen, subject, "join_author", weak=True)
            return
