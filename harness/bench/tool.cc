// SPDX-License-Identifier: GPL-2.0-only
#include "bench/tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <format>

#include "base/sys_error.h"
#include "bench/contender.h"

namespace mmuw {

namespace {

// Of what a tool printed, enough to see what is wrong.
constexpr std::size_t kTail = 300;
constexpr std::chrono::seconds kEnd{60};

}  // namespace

Tool::Tool(const std::vector<std::string>& words, const std::string& file) : name_(words.at(0)) {
    if (access(name_.c_str(), X_OK) != 0) throw NotHere(std::format("no {}", name_));
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe2");
    out_ = Fd(ends[0]);
    const Fd in(ends[1]);
    Fd to;
    if (!file.empty()) {
        to = Fd(open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!to) throw_errno("open({})", file);
    }
    const int out = to ? to.get() : in.get();
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = fork();
    if (pid_ < 0) throw_errno("fork");
    if (pid_ == 0) {
        if (dup2(out, 1) == 1 && dup2(in.get(), 2) == 2) execv(name_.c_str(), arguments.data());
        _exit(127);
    }
}

Tool::~Tool() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

// False: it has closed its end.
bool Tool::read_some(std::chrono::milliseconds most) {
    pollfd waiting{.fd = out_.get(), .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, static_cast<int>(most.count())) <= 0) return true;
    char chunk[4096];
    const ssize_t got = read(out_.get(), chunk, sizeof chunk);
    if (got > 0) printed_.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
}

void Tool::wait_running(std::chrono::steady_clock::time_point until) {
    const bool open = read_some(std::chrono::milliseconds(100));
    if (open && std::chrono::steady_clock::now() < until) return;
    throw std::runtime_error(
        std::format("{} {}: {}", name_, open ? "does not start" : "ended",
                    printed_.substr(printed_.size() - std::min(printed_.size(), kTail))));
}

std::string Tool::interrupt() {
    kill(pid_, SIGINT);
    const auto until = std::chrono::steady_clock::now() + kEnd;
    while (read_some(std::chrono::milliseconds(100)))
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error(std::format("{} does not end", name_));
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
    return printed_;
}

}  // namespace mmuw
