"""Attachments: output by offsets, flow, roles, sizes, resume."""
import os
import unittest

import harness
from harness import CHILD, pb

MiB = 1 << 20


class Output(harness.DaemonTest):
    def test_every_byte_arrives_once_and_in_order(self):
        client = self.client()
        client.create(CHILD, "pattern", "5", str(2 * MiB), name="p")
        attached = client.attach("p", from_offset=0, flow=pb.LOSSLESS)
        ended = attached.until_ended()
        self.assertEqual((pb.ENDED_BY_EXIT, 2 * MiB, 0), (ended.reason, ended.offset, ended.exit.code))
        self.assertEqual(harness.pattern(5, 0, 2 * MiB), bytes(attached.data))

    def test_any_number_of_clients_see_the_same(self):
        clients = [self.client() for _ in range(5)]
        clients[0].create(CHILD, "pattern-wait", "6", str(MiB), name="p")
        attached = [client.attach("p", from_offset=0, flow=pb.LOSSLESS) for client in clients]
        attached[0].type("\n")
        expected = harness.pattern(6, 0, MiB)
        for one in attached:
            one.until_ended()
            self.assertTrue(bytes(one.data).endswith(expected))

    def test_nothing_beyond_the_credit(self):
        client = self.client()
        client.create(CHILD, "pattern", "7", "100000", name="p")
        client.wait_for_all_output("p")
        attached = client.attach("p", from_offset=0, credit=0)
        total = 0
        for grant in (1, 1, 1000, 4096, 94902, 1 << 63):
            attached.grant(grant)
            total = min(total + grant, 100000)
            attached.until(lambda: len(attached.data) >= total, f"{total} bytes")
            client.request("status")
            self.assertEqual(total, len(attached.data))
        attached.until_ended()
        self.assertEqual(harness.pattern(7, 0, 100000), bytes(attached.data))

    def test_frames_are_as_small_as_the_client_wants(self):
        client = self.client(max_data=1024)
        client.create(CHILD, "pattern", "8", "50000", name="p")
        attached = client.attach("p", from_offset=0)
        sizes = []
        while not attached.ended:
            frame = client.push()
            if frame.HasField("output"):
                sizes.append(len(frame.output.data))
            attached.take(frame)
        self.assertLessEqual(max(sizes), 1024)
        self.assertEqual(50000, sum(sizes))

    def test_several_attachments_on_one_connection(self):
        client = self.client()
        for number in range(4):
            client.create(CHILD, "pattern", str(number), "30000", name=f"p{number}")
        attached = [client.attach(f"p{number}", from_offset=0) for number in range(4)]
        while not all(one.ended for one in attached):
            frame = client.push()
            for one in attached:
                one.take(frame)
        for number, one in enumerate(attached):
            self.assertEqual(harness.pattern(number, 0, 30000), bytes(one.data))


class Snapshots(harness.DaemonTest):
    QUERIES = ["\x1b[c", "\x1b[>c", "\x1b[=c", "\x1b[5n", "\x1b[6n", "\x1b[?6n", "\x1b[?1$p", "\x1bP$qm\x1b\\",
               "\x1bP+q544e\x1b\\", "\x1b]10;?\x07", "\x1b]11;?\x1b\\", "\x1b]4;1;?\x07", "\x1b]52;c;?\x07",
               "\x1b]52;c;aGk=\x07", "\x1b[21t", "\x1b[14t", "\x1b[18t", "\x05", "\x1b[x", "\x1bZ", "\x1b[>q", "\x1b[?u",
               "\x1b_Gi=1,a=q;AAAA\x1b\\", "\x07", "\x1b]9;hello\x07", "\x1b]777;notify;a;b\x07"]

    def test_replay_shows_the_text_and_no_query(self):
        script = self.daemon.folder / "queries"
        script.write_bytes("".join(f"A{i:02}{query}B" for i, query in enumerate(self.QUERIES)).encode())
        client = self.client()
        client.create("/bin/cat", str(script), name="q")
        client.wait_for_all_output("q")
        attached = client.attach("q")
        attached.until_ended()
        shown = bytes(attached.snapshot)
        for i, query in enumerate(self.QUERIES):
            self.assertIn(f"A{i:02}B".encode(), shown, repr(query))
            self.assertNotIn(query.encode(), shown)

    def test_no_replay_is_live_output_only(self):
        client = self.client()
        client.create("/bin/sh", "-c", "echo before; exec cat", name="s")
        first = client.attach("s", from_offset=0)
        first.expect("before")
        attached = client.attach("s", no_replay=True)
        first.type("after\n")
        attached.expect("after")
        self.assertEqual(b"", bytes(attached.snapshot))
        self.assertNotIn(b"before", bytes(attached.data))


class Falling(harness.DaemonTest):
    def stalled(self, flow, credit=1000, **fields):
        client = self.client(receive_buffer=4096)
        client.create("/bin/sh", "-c", f"read x; exec {CHILD} pattern 3 {4 * MiB}", name="f", history_bytes=64 * 1024)
        attached = client.attach("f", from_offset=0, flow=flow, credit=credit, **fields)
        other = self.client()
        return attached, other

    def test_resync_skips_and_says_what(self):
        attached, other = self.stalled(pb.RESYNC)
        other.request("send", session="f", data=b"\n")
        other.request("wait", sessions=["f"])
        attached.grant(1 << 40)
        ended = attached.until_ended()
        self.assertTrue(attached.gaps)
        for begin, end in attached.gaps:
            self.assertLess(begin, end)
        self.assertEqual(ended.offset, attached.offset)

    def test_who_does_not_read_holds_nobody_back(self):
        _, other = self.stalled(pb.RESYNC, credit=1 << 40)
        other.request("send", session="f", data=b"\n")
        self.assertEqual(0, other.request("wait", sessions=["f"]).sessions[0].exit.code)

    def test_disconnect_ends_the_attachment(self):
        attached, other = self.stalled(pb.DISCONNECT)
        other.request("send", session="f", data=b"\n")
        other.request("wait", sessions=["f"])
        attached.grant(1 << 40)
        self.assertEqual(pb.FELL_BEHIND, attached.until_ended().reason)

    def test_lossless_holds_the_session_back(self):
        attached, other = self.stalled(pb.LOSSLESS)
        other.request("send", session="f", data=b"\n")
        self.assertCode(pb.DEADLINE_EXCEEDED, other.request, "wait", sessions=["f"], deadline_ms=200)
        attached.grant(1 << 40)
        ended = attached.until_ended()
        self.assertEqual([], attached.gaps)
        self.assertEqual(harness.pattern(3, 0, 4 * MiB), bytes(attached.data[-4 * MiB:]))
        self.assertEqual(0, ended.exit.code)

    def test_a_held_back_session_goes_on_when_the_holder_is_gone(self):
        attached, other = self.stalled(pb.LOSSLESS)
        other.request("send", session="f", data=b"\n")
        attached.client.close()
        self.assertEqual(0, other.request("wait", sessions=["f"]).sessions[0].exit.code)

    def test_a_slow_restore_holds_up_nobody(self):
        writer = self.client()
        writer.create("/bin/sh", "-c", f"seq 1 160000; stty raw -echo; printf ready; read x; exec {CHILD} pattern 5 {4 * MiB}",
                      name="f", history_bytes=MiB)
        attached = writer.attach("f", flow=pb.LOSSLESS)
        attached.expect("ready")
        slow = self.client(receive_buffer=4096)
        slow.attach("f", from_offset=attached.offset - MiB // 2, flow=pb.RESYNC)
        slow.socket.settimeout(harness.DEADLINE)
        begin = attached.offset
        attached.type("\n")
        got = 0
        while not attached.ended:
            attached.pump()
            # As slow as a modem: some bytes for many that the other gets.
            while got * 128 < attached.offset - begin:
                got += len(slow.socket.recv(960))
        self.assertEqual(0, attached.ended.exit.code)
        self.assertTrue(bytes(attached.data).endswith(harness.pattern(5, 0, 4 * MiB)))
        self.assertLess(got, MiB // 2, "the slow one was still at its restore")
        self.assertEqual(attached.offset, self.client().attach("f").offset)


class Roles(harness.DaemonTest):
    def test_an_observer_may_not_type_nor_size(self):
        client = self.client()
        client.create("/bin/cat", name="c")
        attached = client.attach("c", role=pb.OBSERVER, size=pb.WindowSize(cols=20, rows=20))
        frame = pb.Frame(id=client.take_id())
        frame.input.attachment = attached.number
        frame.input.data = b"x"
        client.send(frame)
        self.assertEqual(pb.PERMISSION_DENIED, client.answer(frame.id).response.error.code)
        self.assertCode(pb.PERMISSION_DENIED, client.request, "set_size", attachment=attached.number,
                        size=pb.WindowSize(cols=30, rows=30))
        info = client.request("inspect", session="c").session
        self.assertEqual((80, 24, 0), (info.size.cols, info.size.rows, info.input))

    def test_steal_puts_the_others_off(self):
        first, second = self.client(), self.client()
        first.create("/bin/cat", name="c")
        a = first.attach("c")
        b = first.attach("c")
        c = second.attach("c", steal=True)
        for one in (a, b):
            first.pushes, kept = [], first.pushes
            for frame in kept:
                a.take(frame), b.take(frame)
            while not one.ended:
                frame = first.push()
                a.take(frame), b.take(frame)
            self.assertEqual(pb.DISPLACED, one.ended.reason)
        c.type("still\n")
        c.expect("still")

    def test_detach_own_one_client_others_and_all(self):
        first, second = self.client(), self.client()
        first.create("/bin/cat", name="c")
        a, b = first.attach("c"), second.attach("c")
        self.assertCode(pb.INVALID_ARGUMENT, first.request, "detach", session="c")
        self.assertCode(pb.INVALID_ARGUMENT, first.request, "detach", session="c", all=True, others=True)
        self.assertCode(pb.NOT_FOUND, first.request, "detach", session="c", client=999)
        self.assertCode(pb.NOT_FOUND, first.request, "detach", attachment=999)
        self.assertEqual(1, first.request("detach", session="c", others=True).ended)
        self.assertEqual(pb.DETACHED, b.until_ended().reason)
        first.request("detach", attachment=a.number)
        self.assertEqual(pb.DETACHED, a.until_ended().reason)
        a, b = first.attach("c"), second.attach("c")
        infos = first.request("inspect", session="c").attachments
        self.assertEqual(2, len(infos))
        self.assertEqual({"test"}, {info.client_name for info in infos})
        self.assertEqual({os.getpid()}, {info.client_pid for info in infos})
        self.assertEqual(1, first.request("detach", session="c", client=infos[0].client).ended)
        self.assertEqual(1, first.request("detach", session="c", all=True).ended)

    def test_a_session_is_not_attached_to_itself(self):
        client = self.client()
        session = client.create("/bin/cat", name="c")
        self.assertCode(pb.BUSY, client.request, "attach", session="c", ancestry=[session.id.encode()])
        client.request("attach", session="c", ancestry=[b"0" * 32])


class Sizes(harness.DaemonTest):
    def size(self, client, session="z"):
        size = client.request("inspect", session=session).session.size
        return size.cols, size.rows

    def test_policies(self):
        table = [(pb.LATEST, (100, 20), (100, 20)), (pb.SMALLEST, (90, 20), (90, 30)), (pb.LARGEST, (100, 30), (100, 20)),
                 (pb.MANUAL, (80, 24), (80, 24))]
        for policy, both, after in table:
            with self.subTest(policy=pb.SizePolicy.Name(policy)):
                client, other = self.client(), self.client()
                client.create(CHILD, "sizes", name="z", policy=policy)
                first = client.attach("z", size=pb.WindowSize(cols=90, rows=30))
                second = other.attach("z", size=pb.WindowSize(cols=100, rows=20))
                self.assertEqual(both, self.size(client))
                gone, stays = (second, client) if policy == pb.SMALLEST else (first, other)
                gone.client.close()
                harness.eventually(lambda: len(stays.request("inspect", session="z").attachments) == 1, "one is left")
                self.assertEqual(after, self.size(stays))
                stays.request("kill", session="z", force=True)

    def test_the_program_sees_the_size_and_pixels(self):
        client = self.client()
        client.create(CHILD, "sizes", name="z", size=pb.WindowSize(cols=81, rows=25, x_pixels=810, y_pixels=500))
        attached = client.attach("z", from_offset=0, size=pb.WindowSize(cols=81, rows=25, x_pixels=810, y_pixels=500))
        attached.expect("81x25")
        client.request("set_size", attachment=attached.number, size=pb.WindowSize(cols=132, rows=43))
        attached.expect("132x43")

    def test_resize_makes_the_policy_manual(self):
        client = self.client()
        client.create(CHILD, "sizes", name="z")
        attached = client.attach("z", size=pb.WindowSize(cols=90, rows=30))
        client.request("resize", session="z", size=pb.WindowSize(cols=50, rows=10))
        client.request("set_size", attachment=attached.number, size=pb.WindowSize(cols=91, rows=31))
        self.assertEqual((50, 10), self.size(client))
        self.assertEqual(pb.MANUAL, client.request("inspect", session="z").session.policy)
        client.request("resize", session="z", size=pb.WindowSize(cols=60, rows=12), policy=pb.LATEST)
        client.request("set_size", attachment=attached.number, size=pb.WindowSize(cols=92, rows=32))
        self.assertEqual((92, 32), self.size(client))

    def test_a_thousand_resizes_in_a_burst_are_all_answered(self):
        client = self.client()
        client.create(CHILD, "sizes", name="z")
        numbers = [client.begin("resize", session="z", size=pb.WindowSize(cols=1 + n % 200, rows=1 + n % 50))
                   for n in range(1000)]
        for n, number in enumerate(numbers):
            reply = client.finish(number, "resize")
            self.assertEqual((1 + n % 200, 1 + n % 50), (reply.size.cols, reply.size.rows))
        attached = client.attach("z", from_offset=0)
        attached.expect(f"{1 + 999 % 200}x{1 + 999 % 50}")

    def test_resizes_race_with_start_and_end(self):
        clients = [self.client() for _ in range(4)]
        for round in range(10):
            created = clients[0].begin("create", argv=[CHILD.encode(), b"exit", b"0"], name="race")
            pending = [(client, client.begin("resize", session="race",
                                             size=pb.WindowSize(cols=10 + n % 100, rows=10)))
                       for n in range(25) for client in clients]
            clients[0].finish(created, "create")
            for client, number in pending:
                try:
                    client.finish(number, "resize")
                except harness.ProtocolError as error:
                    self.assertIn(error.code, (pb.NOT_FOUND, pb.SESSION_ENDED))
            clients[0].request("wait", sessions=["race"])


class Resume(harness.DaemonTest):
    def test_offsets_that_can_not_be_had_are_refused_with_what_there_is(self):
        client = self.client()
        client.create(CHILD, "pattern", "1", str(MiB), name="p", history_bytes=64 * 1024)
        client.wait_for_all_output("p")
        for fields in (dict(from_offset=0), dict(from_offset=MiB + 1), dict(resume_offset=MiB + 1),
                       dict(from_offset=(1 << 64) - 1), dict(resume_offset=(1 << 64) - 1)):
            with self.subTest(**fields):
                error = self.assertCode(pb.OUT_OF_RANGE, client.attach, "p", **fields)
                self.assertEqual(MiB, error.offsets.to)
                self.assertGreaterEqual(getattr(error.offsets, "from"), MiB - 64 * 1024)
        self.assertCode(pb.INVALID_ARGUMENT, client.attach, "p", from_offset=0, resume_offset=0)

    def test_resume_goes_on_where_it_was(self):
        client = self.client()
        client.create(CHILD, "pattern", "2", "300000", name="p")
        client.wait_for_all_output("p")
        first = client.attach("p", from_offset=0, credit=123457)
        first.until(lambda: len(first.data) == 123457, "what the credit allows")
        client.close()
        again = self.client().attach("p", resume_offset=first.offset)
        self.assertTrue(again.reply.resumed)
        again.until_ended()
        self.assertEqual(harness.pattern(2, 0, 300000), bytes(first.data + again.data))

    def test_too_old_an_offset_gives_a_gap_and_a_snapshot(self):
        client = self.client()
        client.create(CHILD, "pattern", "2", str(MiB), name="p", history_bytes=64 * 1024)
        client.wait_for_all_output("p")
        attached = client.attach("p", resume_offset=5)
        self.assertFalse(attached.reply.resumed)
        attached.until_ended()
        self.assertEqual([(5, MiB)], attached.gaps)


if __name__ == "__main__":
    harness.main()
