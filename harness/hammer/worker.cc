// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/worker.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <print>

#include "kmod/uapi/mmuwitness.h"

namespace mmuw::hammer {
namespace {

constexpr std::size_t kRoom = 32768;  // an argument may say that it is 16 KB
constexpr std::size_t kBulk = MMUWITNESS_MAX_MARKS * sizeof(mmuwitness_mark);

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

constexpr long kNobody = -ENXIO;  // not from any ioctl of ours

long result(long value) {
    return value < 0 ? -errno : value;
}

}  // namespace

// here_: room, a page that is read-only, one that is nowhere.
Worker::Worker(Process& process, std::uint64_t seed, unsigned number)
    : process_(process),
      seed_(seed),
      number_(number),
      here_(kRoom + 2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS),
      bulk_(kBulk) {
    mprotect(here_.bytes() + kRoom, page_size(), PROT_READ);
    mprotect(here_.bytes() + kRoom + page_size(), page_size(), PROT_NONE);
    Draw draw(seed, number);
    auto* marks = reinterpret_cast<mmuwitness_mark*>(bulk_.bytes());
    for (std::size_t i = 0; i < MMUWITNESS_MAX_MARKS; i++) {
        marks[i].kind = static_cast<std::uint32_t>(1 + draw.below(MMUWITNESS_MARK_KINDS - 1));
        marks[i].vm = static_cast<std::uint32_t>(draw.below(MMUWITNESS_MAX_VMS + 1));
        for (auto& a : marks[i].a) a = draw.next();
    }
}

Worker::~Worker() {
    for (pid_t& child : children_) end_child(child);
}

void Worker::run() {
    Shared& shared = process_.shared();
    auto& position = shared.workers[number_];
    for (std::uint64_t n = 0; !shared.stop && shared.ioctls < shared.wanted; n++) {
        position.since_ms = now_ms();
        position.call = n;
        Call call = make_call(seed_, number_, n);
        const long came = perform(call, n);
        if (call.act != Act::ioctl) continue;
        if (came == kNobody) {
            // No descriptor, as while a session begins or ends elsewhere: nothing was asked.
            usleep(200);
            continue;
        }
        shared.ioctls++;
        (came < 0 ? shared.refused : shared.ok)[call.kind]++;
        if (came >= 0 && call.request == MMUWITNESS_START && call.target == Target::device)
            shared.sessions++;
    }
    position.ended = true;
}

void Worker::replay(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n < to; n++) {
        Call call = make_call(seed_, number_, n);
        std::print("{}:{} {}", number_, n, to_string(call));
        std::fflush(stdout);
        const long came = perform(call, n);
        std::println(" = {}{}", came,
                     came < 0 ? std::string(" ") + strerror(-static_cast<int>(came)) : "");
        if (call.act == Act::ioctl) process_.shared().ioctls++;
    }
}

long Worker::perform(Call& call, std::uint64_t number) {
    switch (call.act) {
        case Act::ioctl:
            return make_ioctl(call);
        case Act::close:
            return close_some(call);
        case Act::dup: {
            const int fd = dup(process_.peek(call.target, call.slot));
            if (fd >= 0) process_.put(call.target, call.detail % kSlots, fd);
            return result(fd) < 0 ? result(fd) : 0;
        }
        case Act::send:
            return pass_on(call.target, process_.peek(call.target, call.slot));
        case Act::receive:
            return receive(call);
        case Act::fork:
            return fork_one(number);
        case Act::map:
            return map_vcpu(call);
        case Act::memory:
            return change_memory(call);
        case Act::file:
            return change_file(call);
        case Act::signal:
            // To any thread of this process: what waits in the kernel is interrupted.
            return result(kill(getpid(), SIGUSR1));
    }
    return -ENOSYS;
}

void* Worker::place(Where where, void* here, std::size_t size) const {
    std::byte* const end = here_.bytes() + kRoom;
    switch (where) {
        case Where::here:
            return here;
        case Where::null:
            return nullptr;
        case Where::kernel:
            return reinterpret_cast<void*>(~0ULL << 47 | 0x1000);
        case Where::nowhere:
            return end + page_size() + 64;
        case Where::straddling:
            return end + page_size() - (size / 2 + 1);
        case Where::read_only:
            return end;
    }
    return here;
}

long Worker::make_ioctl(Call& call) {
    const int fd = process_.descriptor(call.target, call.slot);
    if (fd < 0) return kNobody;
    if (call.by_value) {
        const long came = result(ioctl(fd, call.request, call.detail));
        // What was made is somebody's to close.
        if (came >= 0 && call.request == KVM_CREATE_VM)
            process_.put(Target::vm, call.slot, static_cast<int>(came));
        if (came >= 0 && call.request == KVM_CREATE_VCPU)
            process_.put(Target::vcpu, call.slot, static_cast<int>(came));
        return came;
    }
    const auto at = [&](std::int16_t offset) {
        return &call.argument[static_cast<std::size_t>(offset)];
    };
    if (call.fd_at >= 0) {
        const std::int32_t other = process_.descriptor(call.fd_of, call.fd_slot);
        std::memcpy(at(call.fd_at), &other, sizeof other);
    }
    if (call.pointer_at >= 0) {
        const auto bulk = reinterpret_cast<std::uintptr_t>(place(call.pointer, bulk_.bytes(), 64));
        std::memcpy(at(call.pointer_at), &bulk, sizeof bulk);
    }
    if (call.address_at >= 0) {
        std::uint64_t address = 0;
        std::memcpy(&address, at(call.address_at), sizeof address);
        address += reinterpret_cast<std::uint64_t>(process_.arena());
        std::memcpy(at(call.address_at), &address, sizeof address);
    }
    std::memcpy(here_.get(), call.argument.data(), call.size);
    return result(ioctl(fd, call.request, place(call.where, here_.get(), call.size)));
}

// Often all of a kind: or a session would end only when nobody has it from anywhere.
long Worker::close_some(const Call& call) {
    long came = -EBADF;
    const bool all = call.target == Target::device ? call.detail % 4 != 0 : call.detail % 4 == 0;
    for (unsigned slot = 0; slot < kSlots; slot++)
        if (all || slot == call.slot)
            if (const int fd = process_.take(call.target, slot); fd >= 0) came = result(close(fd));
    return came;
}

// With what it is of.
long Worker::pass_on(Target target, int fd) {
    if (fd < 0) return -EBADF;
    char byte = static_cast<char>(target);
    iovec data{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return result(sendmsg(process_.send_end(), &message, MSG_DONTWAIT | MSG_NOSIGNAL));
}

// Sometimes to where it does not belong.
long Worker::receive(const Call& call) {
    char byte = 0;
    iovec data{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const long got = recvmsg(process_.receive_end(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) return -errno;
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return -EBADMSG;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    const auto sent_as = static_cast<Target>(byte);
    process_.put(call.detail % 16 == 0 ? call.target : sent_as, call.slot, fd);
    return 0;
}

void Worker::end_child(pid_t& child) {
    if (child <= 0) return;
    kill(child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    child = 0;
}

long Worker::fork_one(std::uint64_t number) {
    if (is_child_) return -EAGAIN;
    pid_t& child = children_[number % children_.size()];
    end_child(child);
    const pid_t parent = getpid();
    child = fork();
    if (child < 0) return -errno;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(0);
        be_child(number);
    }
    return 0;
}

// Calls of its own, then it sits on what it has for a moment, or until it is killed.
void Worker::be_child(std::uint64_t number) {
    is_child_ = true;
    const std::uint64_t mine = kMaxWorkers + number_;
    for (std::uint64_t n = 0; n < 200; n++) {
        Call call = make_call(seed_, mine, (number << 8) + n);
        static_cast<void>(perform(call, n));
    }
    usleep(static_cast<useconds_t>(Draw(seed_, number).below(300'000)));
    _exit(0);
}

}  // namespace mmuw::hammer
