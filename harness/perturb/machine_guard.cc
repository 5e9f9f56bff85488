// SPDX-License-Identifier: GPL-2.0-only
#include "perturb/machine_guard.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <chrono>
#include <cstring>
#include <print>
#include <ranges>
#include <thread>
#include <vector>

#include "base/sys_error.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

enum Action : char { kWrite = 'w', kRmdir = 'r', kUnmount = 'u' };

// A process that was killed is in its cgroup until it has gone, and a CPU may be on its way.
constexpr int kAttempts = 100;
constexpr auto kDelay = 50ms;

struct Entry {
    char what;
    std::string path, value;

    // "wPATH\tVALUE": neither has a tab or a newline.
    explicit Entry(const std::string& line) : what(line.at(0)) {
        const auto tab = line.find('\t');
        path = line.substr(1, tab - 1);
        if (tab != line.npos) value = line.substr(tab + 1);
    }
};

void put_back(const Entry& e) {
    switch (e.what) {
        case kWrite:
            // An unchanged file may refuse to be written (a CPU that is online already).
            if (read_setting(e.path) != e.value) write_setting(e.path, e.value);
            break;
        case kRmdir:
            if (rmdir(e.path.c_str()) != 0 && errno != ENOENT) throw_errno("rmdir({})", e.path);
            break;
        case kUnmount:
            if (umount2(e.path.c_str(), MNT_DETACH) != 0) throw_errno("umount2({})", e.path);
            break;
        default:
            break;
    }
}

bool put_back_in_time(const Entry& e) {
    for (int attempt = 1;; attempt++) try {
            put_back(e);
            return true;
        } catch (const SysError& error) {
            if (attempt == kAttempts) {
                std::println(stderr, "mmuwitness: not put back: {}", error.what());
                return false;
            }
            std::this_thread::sleep_for(kDelay);
        }
}

[[noreturn]] void child(int list) {
    // Above 2 only the list stays open: a witness' session must end with the harness.
    if (dup2(list, 3) != 3) _exit(1);
    close_range(4, ~0U, 0);
    setsid();  // what ends the harness' process group does not end its guard
    for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
        signal(signal_number, SIG_IGN);
    prctl(PR_SET_NAME, "mmuw-guard");
    std::string text;
    char chunk[4096];
    for (;;) {
        const ssize_t got = read(3, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(chunk, static_cast<std::size_t>(got));
    }
    std::vector<Entry> entries;
    for (const auto line : text | std::views::split('\n'))
        if (!line.empty()) entries.emplace_back(std::string(line.begin(), line.end()));
    bool all = true;
    for (const Entry& entry : entries | std::views::reverse) all &= put_back_in_time(entry);
    _exit(all ? 0 : 1);
}

}  // namespace

std::string read_setting(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    char text[4096];
    const ssize_t got = read(fd.get(), text, sizeof text);
    if (got < 0) throw_errno("read({})", path);
    std::string value(text, static_cast<std::size_t>(got));
    while (value.ends_with('\n')) value.pop_back();
    if (const auto chosen = value.find('['); chosen != value.npos)
        return value.substr(chosen + 1, value.find(']') - chosen - 1);
    return value;
}

void write_setting(const std::string& path, const std::string& value) {
    const Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    if (write(fd.get(), value.data(), value.size()) < 0)
        throw_errno("write({}, \"{}\")", path, value);
}

MachineGuard::MachineGuard() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe2");
    const Fd in(ends[0]);
    pipe_ = Fd(ends[1]);
    pid_ = fork();
    if (pid_ < 0) throw_errno("fork");
    if (pid_ == 0) child(in.get());
}

MachineGuard::~MachineGuard() {
    static_cast<void>(finish());
}

bool MachineGuard::finish() {
    if (pid_ < 0) return true;
    pipe_.reset();
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status == 0;
}

void MachineGuard::tell(char what, const std::string& path, const std::string& value) {
    const std::string line = std::format("{}{}\t{}\n", what, path, value);
    if (write(pipe_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw_errno("write(to the guard)");
}

void MachineGuard::write_later(const std::string& path, const std::string& value) {
    tell(kWrite, path, value);
}

void MachineGuard::keep(const std::string& path) {
    tell(kWrite, path, read_setting(path));
}

void MachineGuard::set(const std::string& path, const std::string& value) {
    keep(path);
    write_setting(path, value);
}

void MachineGuard::rmdir_later(const std::string& path) {
    tell(kRmdir, path, "");
}

void MachineGuard::unmount_later(const std::string& path) {
    tell(kUnmount, path, "");
}

}  // namespace mmuw
