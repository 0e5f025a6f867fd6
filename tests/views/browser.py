# SPDX-License-Identifier: GPL-2.0
"""A browser without a window, and a server that nobody should ask."""
import html
import json
import os
import re
import socket
import subprocess
import tempfile
import threading

# What is measured in a copy of the page, and left where --dump-dom shows it.
MEASURE = """<script>
addEventListener("load", () => {
  const style = getComputedStyle(document.body);
  const every = [...document.querySelectorAll("*")];
  const wide = every.filter(e => !e.closest("svg") &&
      e.getBoundingClientRect().right > innerWidth + 0.5);
  const pre = document.createElement("pre");
  pre.id = "measured";
  pre.textContent = JSON.stringify({
    width: innerWidth,
    needed: document.documentElement.scrollWidth,
    wide: wide.map(e => e.outerHTML.slice(0, 200)),
    tags: [...new Set(every.map(e => e.localName))],
    scripts: document.scripts.length,
    handlers: every.flatMap(e => e.getAttributeNames())
        .filter(n => n.startsWith("on")),
    fetched: performance.getEntriesByType("resource").map(e => e.name),
    headings: [...document.querySelectorAll("h1,h2")].map(
        e => e.textContent),
    names: [...document.querySelectorAll(".t")].map(e => e.textContent),
    back: style.backgroundColor, ink: style.color,
    small: every.filter(e => e.childNodes.length &&
        [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()) &&
        !e.closest("svg,style,script,head") &&
        parseFloat(getComputedStyle(e).fontSize) < 11)
        .map(e => e.outerHTML.slice(0, 100)),
    owned: window.owned === undefined ? null : window.owned,
  });
  document.body.append(pre);
});
</script>"""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


class Trap:
    """Counts who connects to it."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self.wait, daemon=True).start()

    def wait(self):
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def browse(path, *options, width=1200, height=900, dark=False):
    """Opens a file; what the browser printed."""
    command = ["chromium-headless-shell", "--disable-gpu", "--hide-scrollbars",
               f"--window-size={width},{height}",
               f"--blink-settings=preferredColorScheme={0 if dark else 1}"]
    if os.getuid() == 0:
        command.append("--no-sandbox")
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [*command, f"--user-data-dir={home}", *options, f"file://{path}"],
            capture_output=True, text=True, check=False, timeout=120,
            env=dict(os.environ, HOME=home))
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def measure(path, **options):
    """What the browser made of a page, which runs a script of ours in a copy
    that does not forbid it."""
    with open(path, encoding="utf-8") as file:
        page, count = POLICY.subn("", file.read())
    if count != 1:
        raise AssertionError("the page has no policy of its own")
    copy = path + ".measured.html"
    with open(copy, "w", encoding="utf-8") as file:
        file.write(page.replace("</head>", MEASURE + "</head>", 1))
    printed = browse(copy, "--dump-dom", **options)
    found = re.search(r'<pre id="measured">(.*?)</pre>', printed, re.DOTALL)
    return json.loads(html.unescape(found[1]))


def luminance(colour):
    """From 0, black, to 1, white."""
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
