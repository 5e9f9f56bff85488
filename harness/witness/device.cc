// SPDX-License-Identifier: GPL-2.0-only
#include "witness/device.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <format>
#include <stdexcept>

#include "base/sys_error.h"

namespace mmuw {

namespace {

Fd open_device() {
    const int fd = open(MMUWITNESS_DEVICE, O_RDWR | O_CLOEXEC);
    if (fd >= 0) return Fd(fd);
    switch (errno) {
        case ENOENT:
        case ENXIO:
            throw std::runtime_error(
                MMUWITNESS_DEVICE " does not exist: load mmuwitness.ko, or let --kmod PATH do it");
        case EACCES:
        case EPERM:
            throw std::runtime_error(MMUWITNESS_DEVICE " is for root: run this as root");
        case EBUSY:
            throw std::runtime_error(MMUWITNESS_DEVICE
                                     " is in use: another mmuwitness runs; wait for it or end it");
        default:
            throw_errno("open({})", MMUWITNESS_DEVICE);
    }
}

template <class T>
void call(int fd, unsigned long request, T* argument, const char* name) {
    if (ioctl(fd, request, argument) < 0) throw_errno("{}", name);
}

template <std::size_t N>
std::string text(const char (&from)[N]) {
    return {from, strnlen(from, N)};
}

template <std::size_t N>
void copy_text(char (&to)[N], std::string_view from) {
    const std::size_t length = std::min(from.size(), N - 1);
    from.copy(to, length);
    to[length] = '\0';
}

}  // namespace

Device::Device() : fd_(open_device()) {
    mmuwitness_info info{};
    if (ioctl(fd_.get(), MMUWITNESS_INFO, &info) < 0 || info.abi != MMUWITNESS_ABI)
        throw std::runtime_error(std::format(
            "the loaded mmuwitness module is of another version (ABI {}, this harness has {}): "
            "rmmod mmuwitness and load the one built with this harness",
            info.abi, MMUWITNESS_ABI));
    version_ = text(info.version);
    has_plants_ = info.has_plants != 0;
}

std::uint64_t Device::last_seq() const {
    mmuwitness_info info{};
    call(fd_.get(), MMUWITNESS_INFO, &info, "MMUWITNESS_INFO");
    return info.last_seq;
}

void Device::start(std::uint32_t mmu) {
    const mmuwitness_start start{.mmu = mmu, .reserved = 0};
    if (ioctl(fd_.get(), MMUWITNESS_START, &start) == 0) return;
    if (errno == ENODEV && mmu == MMUWITNESS_MMU_REFERENCE)
        throw std::runtime_error(
            "no reference MMU: load mmuwitness-reference.ko, beside mmuwitness.ko");
    if (errno == EUCLEAN)
        throw std::runtime_error(
            "this kernel does not call hooks on functions now: set kernel.ftrace_enabled=1, and "
            "1 in /sys/kernel/debug/kprobes/enabled");
    if (errno == ENODEV)
        throw std::runtime_error(
            "the kernel has no KVM that could be witnessed: load kvm-amd or kvm-intel");
    throw_errno("MMUWITNESS_START");
}

std::uint32_t Device::add_vm(int vm_fd) {
    mmuwitness_vm vm = {.vm_fd = vm_fd, .id = 0};
    call(fd_.get(), MMUWITNESS_ADD_VM, &vm, "MMUWITNESS_ADD_VM");
    return vm.id;
}

void Device::del_vm(std::uint32_t id) {
    mmuwitness_vm vm = {.vm_fd = -1, .id = id};
    call(fd_.get(), MMUWITNESS_DEL_VM, &vm, "MMUWITNESS_DEL_VM");
}

std::uint32_t Device::add_file(int fd) {
    mmuwitness_file file = {.fd = fd, .id = 0};
    call(fd_.get(), MMUWITNESS_ADD_FILE, &file, "MMUWITNESS_ADD_FILE");
    return file.id;
}

void Device::del_file(std::uint32_t id) {
    mmuwitness_file file = {.fd = -1, .id = id};
    call(fd_.get(), MMUWITNESS_DEL_FILE, &file, "MMUWITNESS_DEL_FILE");
}

void Device::marks(std::span<const mmuwitness_mark> marks) {
    while (!marks.empty()) {
        const auto batch = marks.first(std::min<std::size_t>(marks.size(), MMUWITNESS_MAX_MARKS));
        mmuwitness_marks argument = {
            .marks = reinterpret_cast<std::uint64_t>(batch.data()),
            .count = static_cast<std::uint32_t>(batch.size()),
            .reserved = 0,
        };
        call(fd_.get(), MMUWITNESS_MARKS, &argument, "MMUWITNESS_MARKS");
        marks = marks.subspan(batch.size());
    }
}

void Device::note(std::uint32_t kind, std::string_view line) {
    mmuwitness_note note = {.kind = kind, .text = {}};
    copy_text(note.text, line);
    call(fd_.get(), MMUWITNESS_NOTE, &note, "MMUWITNESS_NOTE");
}

std::vector<std::uint32_t> Device::page_state(std::uint32_t file, std::uint64_t first,
                                              std::uint64_t count) {
    std::vector<std::uint32_t> flags(count);
    for (std::uint64_t at = 0; at < count; at += MMUWITNESS_MAX_MARKS) {
        mmuwitness_page_state argument = {
            .file = file,
            .count = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(count - at, MMUWITNESS_MAX_MARKS)),
            .first = first + at,
            .flags = reinterpret_cast<std::uint64_t>(flags.data() + at),
        };
        call(fd_.get(), MMUWITNESS_PAGE_STATE, &argument, "MMUWITNESS_PAGE_STATE");
    }
    return flags;
}

std::vector<Hook> Device::hooks() const {
    std::vector<Hook> hooks;
    for (mmuwitness_hook hook{}; ioctl(fd_.get(), MMUWITNESS_HOOK, &hook) == 0; hook.index++)
        hooks.push_back({.name = text(hook.name),
                         .symbol = text(hook.symbol),
                         .why = text(hook.why),
                         .attached = hook.state == MMUWITNESS_HOOK_ATTACHED,
                         .hits = hook.hits});
    return hooks;
}

std::vector<Plant> Device::plants() const {
    std::vector<Plant> plants;
    if (!has_plants_)
        throw std::runtime_error("mmuwitness-plants.ko is not loaded: it has the plants");
    for (mmuwitness_plant_info plant{}; ioctl(fd_.get(), MMUWITNESS_PLANT_INFO, &plant) == 0;
         plant.index++)
        plants.push_back({.name = text(plant.name),
                          .what = text(plant.what),
                          .origin = text(plant.origin),
                          .available = plant.available != 0,
                          .hits = plant.hits,
                          .missed = plant.missed});
    return plants;
}

void Device::plant(const std::string& name, PlantFor which) {
    mmuwitness_plant plant{};
    if (which == PlantFor::kEveryVm) plant.flags = MMUWITNESS_PLANT_EVERY_VM;
    copy_text(plant.name, name);
    if (ioctl(fd_.get(), MMUWITNESS_PLANT, &plant) == 0) return;
    switch (errno) {
        case ENXIO:
            throw std::runtime_error(
                "plants need mmuwitness-plants.ko, which is not loaded: it breaks the kernel");
        case ENOENT:
            throw std::runtime_error(
                std::format("unknown plant '{}': see mmuwitness list --plants", name));
        case EUCLEAN:
            throw std::runtime_error(
                "this kernel does not call hooks on functions now: set kernel.ftrace_enabled=1");
        case EOPNOTSUPP:
            throw std::runtime_error(std::format("plant '{}' has no place in this kernel", name));
        case EXDEV:
            throw std::runtime_error(std::format(
                "plant '{}' is for VMs and files under test only: not for every VM", name));
        default:
            throw_errno("MMUWITNESS_PLANT({})", name);
    }
}

void Device::remove_plant() {
    mmuwitness_plant none{};
    call(fd_.get(), MMUWITNESS_PLANT, &none, "MMUWITNESS_PLANT");
}

std::vector<Point> Device::points() const {
    std::vector<Point> points;
    for (mmuwitness_point_info point{}; ioctl(fd_.get(), MMUWITNESS_POINT_INFO, &point) == 0;
         point.index++)
        points.push_back({.id = point.point,
                          .where = point.where,
                          .name = text(point.name),
                          .symbol = text(point.symbol),
                          .what = text(point.what),
                          .available = point.available != 0});
    return points;
}

namespace {

mmuwitness_gate make_gate(std::uint32_t id, const mmuwitness_pass& hold,
                          const mmuwitness_pass& until, std::chrono::microseconds longest,
                          std::uint32_t holds) {
    mmuwitness_gate gate{};
    gate.id = id;
    gate.timeout_us = static_cast<std::uint32_t>(longest.count());
    gate.holds = holds;
    gate.hold = hold;
    gate.until = until;
    return gate;
}

}  // namespace

std::uint32_t Device::set_gate(const mmuwitness_pass& hold, const mmuwitness_pass& until,
                               std::chrono::microseconds longest, std::uint32_t holds) {
    mmuwitness_gate gate = make_gate(0, hold, until, longest, holds);
    call(fd_.get(), MMUWITNESS_GATE_SET, &gate, "MMUWITNESS_GATE_SET");
    return gate.id;
}

void Device::arm_gate(std::uint32_t id, const mmuwitness_pass& hold, const mmuwitness_pass& until,
                      std::chrono::microseconds longest, std::uint32_t holds) {
    mmuwitness_gate gate = make_gate(id, hold, until, longest, holds);
    call(fd_.get(), MMUWITNESS_GATE_ARM, &gate, "MMUWITNESS_GATE_ARM");
}

bool Device::wait_gate(std::uint32_t id, std::uint64_t held, std::chrono::microseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    mmuwitness_gate gate{};
    gate.id = id;
    gate.held = held;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
            until - std::chrono::steady_clock::now());
        gate.timeout_us = static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 0));
        if (ioctl(fd_.get(), MMUWITNESS_GATE_WAIT, &gate) == 0) return true;
        if (errno == ETIMEDOUT) return false;
        if (errno != EINTR) throw_errno("MMUWITNESS_GATE_WAIT");
    }
}

void Device::clear_gate(std::uint32_t id) {
    mmuwitness_gate gate{};
    gate.id = id;
    call(fd_.get(), MMUWITNESS_GATE_CLEAR, &gate, "MMUWITNESS_GATE_CLEAR");
}

Holds Device::holds(std::uint32_t id) const {
    mmuwitness_gate gate{};
    gate.id = id;
    call(fd_.get(), MMUWITNESS_GATE_STATE, &gate, "MMUWITNESS_GATE_STATE");
    return {.held = gate.held, .won = gate.won, .timed_out = gate.timed_out, .ns = gate.held_ns};
}

}  // namespace mmuw
