"""Webhooks against a server that fails on purpose, published signatures, robots that refuse with a friendly status."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from analysis.act.campaign import Arms, Campaign
from analysis.act.notify import address, deliver, post
from analysis.act.notify.deliver import Delivery, delivery_of
from analysis.act.notify.post import Answer
from analysis.act.notify.receiver import Receiver
from analysis.act.notify.robots import MOST_BYTES, pause, told, took
from analysis.act.notify.signing import dingtalk_signature, feishu_signature, webhook_signature
from analysis.act.params import ListChoices
from analysis.errors import AnalysisError
from tests.act.makers import DAY

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def message() -> Delivery:
    arms = (Arms(segment="lost", sent=("a" * 32,), held=("b" * 32,)),)
    return delivery_of(
        Campaign(
            name="May", made_on=DAY, as_of=DAY, method="rfm", choices=ListChoices(), seed="s", arms=arms, window_days=30
        )
    )


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler, int], None]) -> Iterator[tuple[str, list[Any]]]:
    """Serve on this machine; ``answer`` is told how many requests there were before."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((dict(self.headers), body))
            answer(self, len(seen) - 1)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/hook", seen
    finally:
        running.shutdown()
        running.server_close()


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler, int], None]:
    def answer(handler: BaseHTTPRequestHandler, before: int) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def sent(url: str, **more: Any) -> tuple[Delivery, list[float]]:
    waits: list[float] = []
    return deliver.deliver(message(), url, SECRET, local=True, wait=waits.append, **more), waits


def test_the_signature_is_the_published_one_and_a_wrong_secret_is_refused() -> None:
    told_ = webhook_signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told_ == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    for wrong in ("", "whsec_", "whsec_!!", "whsec_YWJj"):
        with pytest.raises(AnalysisError, match="act_bad_secret"):
            webhook_signature(wrong, "msg", 1, b"")


def test_a_message_is_signed_over_what_arrives_and_holds_no_person() -> None:
    with server(status(204)) as (url, seen):
        done, waits = sent(url)
    assert done.state == "done" and not waits and len(done.tries) == 1
    [(headers, body)] = seen
    stamp = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == webhook_signature(SECRET, headers["webhook-id"], stamp, body)
    assert "a" * 32 not in body.decode() and json.loads(body)["data"]["segments"] == [
        {"segment": "lost", "sent": 1, "held": 1}
    ]


@pytest.mark.parametrize("code", [400, 401, 404, 410, 301, 307])
def test_what_no_further_try_would_change_ends_it_and_no_redirect_is_followed(code: int) -> None:
    with server(status(200)) as (elsewhere, other), server(status(code, Location=elsewhere)) as (url, seen):
        done, waits = sent(url)
    assert (done.state, len(seen), waits, other) == ("failed", 1, [], [])
    assert done.tries[0].status == code


def test_trouble_of_the_other_side_is_tried_again_with_the_same_id_and_longer_waits() -> None:
    def answer(handler: BaseHTTPRequestHandler, before: int) -> None:
        status((500, 503, 429, 200)[before])(handler, before)

    with server(answer) as (url, seen):
        done, waits = sent(url)
    assert done.state == "done" and waits == [2.0, 4.0, 8.0]
    assert len({headers["webhook-id"] for headers, _ in seen}) == 1
    with server(status(502)) as (url, seen):
        done, waits = sent(url, tries=10)
    assert done.state == "failed" and len(seen) == 10 and max(waits) == 300.0


def hang_up(handler: BaseHTTPRequestHandler, before: int) -> None:
    handler.connection.close()


def nonsense(handler: BaseHTTPRequestHandler, before: int) -> None:
    handler.wfile.write(b"hello, this is no HTTP\r\n\r\n")


def cut(handler: BaseHTTPRequestHandler, before: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")
    handler.close_connection = True


@pytest.mark.parametrize(("answer", "state"), [(hang_up, "failed"), (nonsense, "failed"), (cut, "done")])
def test_broken_answers_end_in_a_state_and_never_in_an_error(answer: Any, state: str) -> None:
    with server(answer) as (url, _):
        done, _ = sent(url, tries=2)
    assert done.state == state


def test_a_megabyte_is_not_read_and_a_slow_one_is_not_waited_for() -> None:
    with server(status(200, b"x" * 1_048_576)) as (url, _):
        found = post.post(address.looked_up(url, local=True), b"{}", {})
    assert found.is_done and len(found.body) == post.MOST_ANSWER

    def slow(handler: BaseHTTPRequestHandler, before: int) -> None:
        time.sleep(0.5)

    def drip(handler: BaseHTTPRequestHandler, before: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(20):
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    for answer, why in ((slow, "slow"), (drip, "answered")):
        with server(answer) as (url, _):
            before = time.monotonic()
            found = post.post(address.looked_up(url, local=True), b"{}", {}, seconds=0.2)
            assert time.monotonic() - before < 0.5 and found.why == why


def test_nobody_listens_and_plain_speech_where_tls_is_expected() -> None:
    with server(status(200)) as (url, _):
        pass
    found = post.post(address.looked_up(url, local=True), b"{}", {})
    assert found.why == "refused" and found.is_worth_again
    with server(status(200)) as (url, _):
        plain = address.looked_up(url.replace("http:", "https:"), local=True)
        assert post.post(plain, b"{}", {}, seconds=2).why == "no_tls"
    with pytest.raises(AnalysisError, match="act_body_too_large"):
        post.post(plain, b"x" * (post.MOST_BODY + 1), {})


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/x", "act_bad_address"), ("ftp://example.org", "act_bad_address"),
        ("https://user:secret@example.org", "act_bad_address"), ("https://exa mple.org", "act_bad_address"),
        ("https://[::1", "act_bad_address"), ("https://example.org:99999", "act_bad_address"),
        ("https://127.0.0.1/x", "act_address_inside"), ("https://10.0.0.8", "act_address_inside"),
        ("https://169.254.169.254/latest", "act_address_inside"), ("https://[::1]/", "act_address_inside"),
        ("https://no-such-host.invalid/", "act_address_unknown"),
    ],
)  # fmt: skip
def test_addresses_that_must_not_be_spoken_to_are_refused_before_anything_is_sent(url: str, code: str) -> None:
    with pytest.raises(AnalysisError, match=code):
        address.looked_up(url)


def test_a_stopped_delivery_goes_on_with_its_id_and_what_was_taken_is_not_sent_again() -> None:
    kept: list[Delivery] = []

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    with server(status(503)) as (url, _), pytest.raises(KeyboardInterrupt):
        deliver.deliver(message(), url, SECRET, local=True, wait=stop, keep=kept.append)
    assert kept[-1].state == "waiting" and len(kept[-1].tries) == 1
    with server(status(200)) as (url, seen):
        again = Delivery.model_validate_json(kept[-1].model_dump_json())
        done = deliver.deliver(again, url, SECRET, local=True, keep=kept.append)
        assert done.state == "done" and seen[0][0]["webhook-id"] == again.id
        deliver.deliver(kept[-1], url, SECRET, local=True)
    assert len(seen) == 1


def test_robots_are_told_in_their_form_within_their_limits() -> None:
    assert json.loads(told("dingtalk", "https://x.org", "hi").body) == {"msgtype": "text", "text": {"content": "hi"}}
    signed = told("dingtalk", "https://x.org/?a=1", "hi", secret="SEC1", seconds=1700000000)
    assert signed.url == f"https://x.org/?a=1&timestamp=1700000000000&sign={dingtalk_signature('SEC1', 1700000000000)}"
    feishu = json.loads(told("feishu", "https://x.org", "hi", secret="k", seconds=1700000000).body)
    assert feishu["sign"] == feishu_signature("k", 1700000000) and feishu["timestamp"] == "1700000000"
    assert told("wecom", "https://x.org", "好" * 682).body
    with pytest.raises(AnalysisError, match="act_text_too_long") as refused:
        told("wecom", "https://x.org", "好" * 683)
    assert refused.value.facts == {"n": 2049, "most": MOST_BYTES["wecom"]}


def robot(kind: Any, url: str) -> tuple[Delivery, Receiver]:
    receiver = Receiver(kind, url)
    whole = Campaign(name="May", made_on=DAY, as_of=DAY, method="rfm", choices=ListChoices(), seed="s", arms=())
    return delivery_of(whole, receiver, "82 to call"), receiver


def test_a_robot_that_had_enough_is_told_later_and_its_code_is_written_down() -> None:
    def answer(handler: BaseHTTPRequestHandler, before: int) -> None:
        status(200, (b'{"errcode": 45009}', b'{"errcode": 0}')[before])(handler, before)

    with server(answer) as (url, seen):
        message_, receiver = robot("wecom", url)
        waits: list[float] = []
        done = deliver.deliver(message_, receiver.url, "", local=True, wait=waits.append)
    assert done.state == "done" and waits == [2.0] and [one.code for one in done.tries] == [45009, 0]
    assert [json.loads(body)["text"]["content"] for _, body in seen] == ["82 to call"] * 2


def test_limits_of_a_robot_are_kept_whoever_told_it_something() -> None:
    now = datetime.now(UTC)
    lately = [now - timedelta(seconds=one) for one in range(20)]
    with server(status(200, b'{"errcode": 0}')) as (url, seen):
        message_, receiver = robot("wecom", url)
        waits: list[float] = []
        deliver.deliver(message_, receiver.url, "", local=True, told_at=lately, wait=waits.append)
    assert len(seen) == 1 and len(waits) == 1 and 35 < waits[0] <= 41
    assert pause("feishu", [now - timedelta(seconds=0.1)] * 5, now) == pytest.approx(0.9)
    assert pause("feishu", lately, now) == 0 and pause("dingtalk", lately[:19], now) == 0


def test_a_robot_is_not_told_twice_by_itself_after_a_stop_on_the_way() -> None:
    kept: list[Delivery] = []
    with server(status(200, b'{"code": 0}')) as (url, seen):
        message_, receiver = robot("feishu", url)
        deliver.deliver(message_, receiver.url, "", local=True, keep=kept.append)
        assert kept[0].tries[-1].why == deliver.BEGUN  # as a stop leaves it
        stopped = deliver.deliver(kept[0], receiver.url, "", local=True)
        assert (stopped.state, stopped.tries[-1].why, len(seen)) == ("failed", deliver.STOPPED, 1)
        assert deliver.deliver(stopped.again(), receiver.url, "", local=True).state == "done" and len(seen) == 2


@pytest.mark.parametrize(
    ("robot", "status_", "body", "meant"),
    [
        ("wecom", 200, b'{"errcode": 0}', "done"), ("wecom", 200, b'{"errcode": 45009}', "later"),
        ("dingtalk", 200, b'{"errcode": 310000, "errmsg": "sign not match"}', "refused"),
        ("feishu", 200, b'{"code": 0}', "done"), ("feishu", 200, b'{"StatusCode": 0}', "done"),
        ("feishu", 200, b"<html>", "refused"), ("feishu", 200, b"[]", "refused"), ("wecom", 503, b"", "later"),
        ("wecom", 404, b"", "refused"),
    ],
)  # fmt: skip
def test_a_robot_says_no_with_a_friendly_status(robot: Any, status_: int, body: bytes, meant: str) -> None:
    assert took(robot, Answer(status_, "answered", body)) == meant
