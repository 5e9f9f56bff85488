// SPDX-License-Identifier: GPL-2.0-only
#include "selftest/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/fd.h"
#include "base/sys_error.h"

namespace mmuw {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// To put down what it holds, and to die of SIGKILL: a task stuck in the kernel does not.
constexpr auto kGrace = 10s;

[[noreturn]] void become(pid_t parent, char* const* words, int output) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execv("/proc/self/exe", words);
    _exit(127);
}

class Child {
  public:
    explicit Child(pid_t pid) : pid_(pid) {}
    bool ended_within(std::chrono::duration<double> time, const std::function<bool()>& stop) {
        const auto end = Clock::now() + time;
        while (!ended()) {
            if (Clock::now() >= end || stop()) return false;
            std::this_thread::sleep_for(10ms);
        }
        return true;
    }
    bool ends_after(int signal) {
        kill(pid_, signal);
        return ended_within(kGrace, [] { return false; });
    }
    [[nodiscard]] int status() const { return status_; }

  private:
    bool ended() { return waitpid(pid_, &status_, WNOHANG) == pid_; }

    pid_t pid_;
    int status_ = 0;
};

}  // namespace

Result<int> run_child(const std::vector<std::string>& words, const std::string& output,
                      std::chrono::duration<double> limit, const std::function<bool()>& stop) {
    const Fd out(open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!out) return errno_error("open", output);
    std::vector<std::string> copies = {"mmuwitness"};
    copies.insert(copies.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (std::string& word : copies) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) return errno_error("fork", words.front());
    if (pid == 0) become(parent, arguments.data(), out.get());
    Child child(pid);
    if (!child.ended_within(limit, stop)) {
        if (stop()) {
            if (!child.ends_after(SIGTERM)) child.ends_after(SIGKILL);
            return error("interrupted");
        }
        if (!child.ends_after(SIGKILL))
            return error("no end after {:g} s, nor of SIGKILL", limit.count());
        return error("no end after {:g} s", limit.count());
    }
    if (WIFSIGNALED(child.status()))
        return error("ended by signal {} ({})", WTERMSIG(child.status()),
                     strsignal(WTERMSIG(child.status())));
    return WEXITSTATUS(child.status());
}

}  // namespace mmuw
