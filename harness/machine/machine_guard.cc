// SPDX-License-Identifier: GPL-2.0-only
#include "machine/machine_guard.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <print>
#include <thread>
#include <utility>
#include <vector>

#include "base/sys_error.h"
#include "machine/setting.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

enum Action : char {
    kWrite = 'w',
    kRmdir = 'r',
    kUnmount = 'u',
    kSwapOff = 's',
    kScope = '(',
    kScopeEnd = ')',
    kFreeze = 'f',
    kThaw = 't',
};

// A process that was killed is in its cgroup until it has gone, and a CPU may be on its way.
constexpr int kAttempts = 100;
constexpr auto kDelay = 50ms;
constexpr auto kLongestFreeze = 2s;

struct Entry {
    char what;
    std::string path, value;

    // "wPATH\tVALUE": a path has no tab.
    explicit Entry(const std::string& message) : what(message.at(0)) {
        const auto tab = message.find('\t');
        path = message.substr(1, tab - 1);
        value = message.substr(tab + 1);
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
        case kSwapOff:
            // EINVAL: it has never become swap space.
            if (swapoff(e.path.c_str()) != 0 && errno != EINVAL && errno != ENOENT)
                throw_errno("swapoff({})", e.path);
            if (unlink(e.path.c_str()) != 0 && errno != ENOENT) throw_errno("unlink({})", e.path);
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

// The newest scope, or what is outside of all.
bool put_back_scope(std::vector<Entry>& entries) {
    bool all = true;
    while (!entries.empty()) {
        const Entry entry = std::move(entries.back());
        entries.pop_back();
        if (entry.what == kScope) break;
        all &= put_back_in_time(entry);
    }
    return all;
}

class Guard {
  public:
    // Until the socket closes. True: all was put back.
    bool serve() {
        for (;;) {
            if (frozen_ && !has_message(kLongestFreeze)) lapsed_ = thaw() == 0;
            char message[8192];
            const ssize_t got = TEMP_FAILURE_RETRY(read(3, message, sizeof message));
            if (got <= 0) break;
            hear(Entry(std::string(message, static_cast<std::size_t>(got))));
        }
        if (frozen_) all_ &= thaw() == 0;
        while (!entries_.empty()) all_ &= put_back_scope(entries_);
        return all_;
    }

  private:
    void hear(Entry entry) {
        switch (entry.what) {
            case kScopeEnd:
                all_ &= put_back_scope(entries_);
                answer(0);
                break;
            case kFreeze:
                answer(freeze(entry.path));
                break;
            case kThaw:
                answer(std::exchange(lapsed_, false) ? ETIMEDOUT : thaw());
                break;
            default:
                entries_.push_back(std::move(entry));
        }
    }

    // Who is gone needs no answer.
    static void answer(int error) { send(3, &error, sizeof error, MSG_NOSIGNAL); }

    static bool has_message(std::chrono::milliseconds limit) {
        pollfd p{.fd = 3, .events = POLLIN, .revents = 0};
        return TEMP_FAILURE_RETRY(poll(&p, 1, static_cast<int>(limit.count()))) != 0;
    }

    int freeze(const std::string& path) {
        frozen_ = Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (frozen_ && ioctl(frozen_.get(), FIFREEZE, 0) == 0) return 0;
        const int error = errno;
        frozen_.reset();
        return error;
    }

    int thaw() {
        const int error = ioctl(frozen_.get(), FITHAW, 0) == 0 ? 0 : errno;
        frozen_.reset();
        return error;
    }

    std::vector<Entry> entries_;
    bool all_ = true;
    Fd frozen_;            // of the filesystem that is
    bool lapsed_ = false;  // it was, for too long
};

[[noreturn]] void child(int socket) {
    // Above 2 only the socket stays open: a witness' session must end with the harness.
    if (dup2(socket, 3) != 3) _exit(1);
    close_range(4, ~0U, 0);
    setsid();  // what ends the harness' process group does not end its guard
    for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
        signal(signal_number, SIG_IGN);
    prctl(PR_SET_NAME, "mmuw-guard");
    _exit(Guard().serve() ? 0 : 1);
}

}  // namespace

MachineGuard::MachineGuard() {
    int ends[2];
    // Messages, not a stream: none is there in part when the sender is killed.
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) throw_errno("socketpair");
    const Fd childs(ends[0]);
    socket_ = Fd(ends[1]);
    pid_ = fork();
    if (pid_ < 0) throw_errno("fork");
    if (pid_ == 0) child(childs.get());
}

MachineGuard::~MachineGuard() {
    static_cast<void>(finish());
}

bool MachineGuard::finish() {
    if (pid_ < 0) return true;
    socket_.reset();
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status == 0;
}

void MachineGuard::tell(char what, const std::string& path, const std::string& value) {
    const std::string message = std::format("{}{}\t{}", what, path, value);
    while (send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0)
        if (errno != EINTR) throw_errno("send(to the guard)");
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
    tell(kRmdir, path);
}

void MachineGuard::unmount_later(const std::string& path) {
    tell(kUnmount, path);
}

void MachineGuard::swap_off_later(const std::string& path) {
    tell(kSwapOff, path);
}

int MachineGuard::hear() {
    int error = 0;
    const ssize_t got = TEMP_FAILURE_RETRY(recv(socket_.get(), &error, sizeof error, 0));
    if (got < 0) throw_errno("recv(from the guard)");
    if (got != sizeof error) throw SysError(EPIPE, "recv(from the guard): it has ended");
    return error;
}

void MachineGuard::begin_scope() {
    tell(kScope);
}

void MachineGuard::end_scope() {
    tell(kScopeEnd);
    static_cast<void>(hear());
}

FrozenFilesystem::FrozenFilesystem(MachineGuard& guard, const std::string& path) : guard_(guard) {
    guard.tell(kFreeze, path);
    if (const int error = guard.hear(); error != 0)
        throw SysError(error, std::format("FIFREEZE({})", path));
}

FrozenFilesystem::~FrozenFilesystem() {
    try {
        static_cast<void>(thaw());
    } catch (const SysError&) {
        // Without a guard it is frozen no longer than the guard was there.
    }
}

bool FrozenFilesystem::thaw() {
    if (!std::exchange(frozen_, false)) return false;
    guard_.tell(kThaw);
    return guard_.hear() == 0;
}

GuardScope::GuardScope(MachineGuard& guard) : guard_(guard) {
    guard_.begin_scope();
}

GuardScope::~GuardScope() {
    try {
        guard_.end_scope();
    } catch (const SysError&) {
        // Somebody killed the guard: finish() will say that the machine is not as it was.
    }
}

}  // namespace mmuw
