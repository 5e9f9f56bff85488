// SPDX-License-Identifier: GPL-2.0-only
// kill: SIGKILL at any moment of a session, of one of our own and of mmuwitness run.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <format>
#include <thread>

#include "base/sys_error.h"
#include "hammer/inventory.h"
#include "hammer/part.h"
#include "hammer/session.h"
#include "selftest/child.h"
#include "trace/instance.h"

namespace mmuw::hammer {
namespace {

using namespace std::chrono_literals;

// As long as a session of the emulated host's takes, and somewhat longer.
constexpr std::chrono::microseconds kLongest = 1s, kLongestRun = 4s;

[[noreturn]] void live(const Orders& orders, Draw draw, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    try {
        for (;;) {
            Session session(orders, draw);
            session.fill(draw);
            session.work(draw);
            if (draw.one_in(2)) session.empty(draw);
        }
    } catch (const std::exception& error) {
        std::fputs((std::string("mmuwitness: ") + error.what() + "\n").c_str(), stderr);
    }
    _exit(1);
}

// Empty, or what became of it instead.
std::string kill_session(const Orders& orders, Draw& draw) {
    const Draw its(draw.next());
    const auto delay = draw.below(kLongest);
    const pid_t parent = getpid(), pid = fork();
    if (pid < 0) throw_errno("fork()");
    if (pid == 0) live(orders, its, parent);
    std::this_thread::sleep_for(delay);
    kill(pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? "" : "its session ended in an error before it was killed";
}

std::string kill_run(const Orders& orders, Draw& draw) {
    static const char* const filters[] = {"Turns.*",     "Writeback.*",  "Staged.*",
                                          "Migration.*", "SlotChange.*", "Aging.*"};
    std::vector<std::string> words = {"run",
                                      "--scratch",
                                      orders.scratch,
                                      "--out",
                                      orders.out,
                                      "--filter",
                                      draw.of(filters),
                                      "--repeat",
                                      "50",
                                      "--seed",
                                      std::to_string(draw.below(1000) + 1)};
    if (orders.emulated) words.emplace_back("--emulated");
    if (!orders.kvm) words.insert(words.end(), {"--mmu", "reference"});
    if (draw.one_in(3)) words.emplace_back("--perturb=signals,memslots");
    const std::chrono::duration<double> delay = draw.below(kLongestRun);
    const auto status = run_child(words, orders.out + "/killed.txt", delay, [] { return false; });
    // What it made on the way out (an exit of its own) is as good; a session that is refused is
    // not.
    if (status && *status != 0)
        return std::format("a run ended with status {} of its own", *status);
    return "";
}

// Nobody has anything open any more.
std::string free_again() {
    const auto end = std::chrono::steady_clock::now() + 10s;
    for (;;) {
        // The two others have one to the first, each.
        const std::string counts = references();
        if (counts == "mmuwitness 2, mmuwitness_plants 0, mmuwitness_reference 0") return "";
        if (std::chrono::steady_clock::now() >= end)
            return std::format("references 10 s after: {}", counts);
        std::this_thread::sleep_for(2ms);
    }
}

}  // namespace

Outcome hammer_kill(const Orders& orders) {
    const Clock clock(orders);
    Outcome outcome;
    std::uint64_t runs = 0;
    const auto complain = [&](const std::string& what) {
        if (!what.empty()) outcome.bad.push_back(std::format("kill {}: {}", outcome.done, what));
    };
    for (; outcome.done < orders.count && !clock.up() && outcome.bad.size() < 5; outcome.done++) {
        Draw draw(orders.seed, outcome.done);
        const bool run = draw.one_in(4);
        complain(run ? kill_run(orders, draw) : kill_session(orders, draw));
        complain(free_again());
        runs += run;
    }
    if (auto tracing = tracing_dir()) remove_dead_instances(*tracing);
    outcome.note = std::format("{} of them mmuwitness run", runs);
    return outcome;
}

}  // namespace mmuw::hammer
