"""Runs a command on a pseudo-terminal and plays a script of what to wait for and what to type.

Reads {"argv", "cwd", "env", "steps": [{"expect", "send"} | {"expect", "hangUp"}]} from standard input and
writes {"output", "code", "missed"}: what was shown, the exit code (negative for a signal), and the first text that
never came.
"""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

plan = json.load(sys.stdin)
pid, master = pty.fork()
if pid == 0:
    os.chdir(plan["cwd"])
    os.execve(plan["argv"][0], plan["argv"], plan["env"])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

shown = b""
missed = None
deadline = time.monotonic() + 25


def read(until):
    """Reads until the text is on screen, counted from where the last one was found, or the command ends."""
    global shown
    start = read.mark
    while until is None or until not in shown[start:]:
        ready, _, _ = select.select([master], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(master, 65536)
        except OSError:
            return until is None
        if not data:
            return until is None
        shown += data
    read.mark = shown.index(until, start) + len(until)
    return True


read.mark = 0
closed = False
for step in plan["steps"]:
    if not read(step["expect"].encode()):
        missed = step["expect"]
        break
    if step.get("hangUp"):
        os.close(master)
        closed = True
        break
    os.write(master, step["send"].encode())
if missed is None and not closed:
    read(None)
if missed is not None:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
json.dump({"output": shown.decode(errors="replace"), "code": code, "missed": missed}, sys.stdout)
