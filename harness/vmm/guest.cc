// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/guest.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <format>
#include <stdexcept>

#include "vmm/arch.h"
#include "vmm/layout.h"
#include "vmm/payload.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kPrivateSlot = 0;
// A vCPU that parks wakes the waiter; the poll is for the rest.
constexpr auto kParkPoll = 10ms;
constexpr auto kStayPoll = 50us;
// Then it is looked whether the vCPU gets on.
constexpr auto kSoon = 1s;
// For one command, also of a vCPU that gets on: one may do so for ever.
constexpr auto kLongest = 100s;

// What is not worth a sleep: without high-resolution timers one takes until the next tick.
std::chrono::nanoseconds spin_for() {
    static const std::chrono::nanoseconds longest = [] {
        timespec resolution{};
        clock_getres(CLOCK_MONOTONIC, &resolution);
        return std::max<std::chrono::nanoseconds>(
            20us,
            std::chrono::seconds(resolution.tv_sec) + std::chrono::nanoseconds(resolution.tv_nsec));
    }();
    return longest;
}

std::unique_ptr<Memslot> make_slot(Vm& vm, std::uint32_t id, std::uint64_t gpa, std::uint64_t bytes,
                                   std::uint64_t hva, std::uint32_t flags, Memslot::Report report) {
    return std::make_unique<Memslot>(vm, id, gpa / page_size(), bytes / page_size(), hva, flags,
                                     report);
}

Mapping private_memory(std::uint64_t bytes) {
    // Populated, in small pages and not shared with a forked child (whose copy-on-write would
    // protect it): no fault of the private slot shall fall into a scenario.
    Mapping memory(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    madvise(memory.get(), bytes, MADV_NOHUGEPAGE);
    if (madvise(memory.get(), bytes, MADV_DONTFORK) != 0) throw_errno("madvise(MADV_DONTFORK)");
    std::memset(memory.get(), 0, bytes);
    return memory;
}

// What the guest itself is made of.
void fill_private(Mapping& memory, std::optional<std::uint64_t> own_tables) {
    const std::span<std::byte> area = memory.span().first(PrivateLayout::kUnit);
    arch::fill_private(area);
    if (own_tables)
        arch::own_tables().value().link(area, arch::data_gpa() + *own_tables * page_size());
    const auto image = payload_image();
    std::memcpy(memory.bytes() + PrivateLayout::kPayload, image.data(), image.size());
}

}  // namespace

bool has_smm(const Kvm& kvm) {
    return !kvm.mmu().reference && kvm.check_extension(KVM_CAP_X86_SMM) > 0;
}

Guest::Guest(const Kvm& kvm, const GuestConfig& config)
    : config_(config),
      idle_(config.idle),
      unbacked_(config.count_unbacked ? config.vcpus * config.pages : 0) {
    if (config.vcpus == 0 || config.vcpus > kMaxVcpus)
        throw std::invalid_argument(std::format("{} vCPUs: 1 to {}", config.vcpus, kMaxVcpus));
    if (config.pages == 0 || config.pages * page_size() > arch::data_bytes())
        throw std::invalid_argument(
            std::format("{} data pages: 1 to {}", config.pages, arch::data_bytes() / page_size()));
    const PrivateLayout layout{config.vcpus, config.pages};
    const std::uint64_t base = arch::private_gpa();
    private_ = private_memory(layout.bytes());
    const bool reference = kvm.mmu().reference;
    if (!reference) fill_private(private_, config.own_tables);

    vm_ = std::make_unique<Vm>(kvm, config.observer);
    async_faults_ = config.async_faults && arch::enable_async_faults(*vm_);
    splits_otherwise_ = config.split_otherwise && arch::split_otherwise(*vm_);
    log_ = make_dirty_log(config.log, config.log_options);
    log_->prepare(*vm_);
    for (const std::uint32_t space : {1U, 0U}) {
        if (space == 1 ? config.smm_vcpus == 0 : config.smm_vcpus == config.vcpus) continue;
        vm_->use_address_space(space);
        if (!reference)
            private_slots_.push_back(make_slot(*vm_, kPrivateSlot, base, layout.bytes(),
                                               private_.hva(), 0, Memslot::Report::kNo));
    }
    for (unsigned i = 0; i < config.vcpus; i++) {
        auto* control = reinterpret_cast<guest::Control*>(private_.bytes() + layout.control(i));
        control->stack_top = base + layout.stack_top(i);
        control->data = arch::data_gpa();
        control->journal = (reference ? private_.hva() : base) + layout.journal(i);
        control->pages = config.pages;
        control->root = base + PrivateLayout::kArch;
        control->page_shift = static_cast<std::uint32_t>(std::countr_zero(page_size()));
        control->lane = lane(i);
        control->first_idle = config.idle;
        const std::span journal(
            reinterpret_cast<const std::uint64_t*>(private_.bytes() + layout.journal(i)),
            config.pages);

        Cpu cpu;
        cpu.vcpu = std::make_unique<Vcpu>(*vm_, i);
        cpu.channel = std::make_unique<Channel>(*control, journal);
        if (reference)
            cpu.vcpu->run_here(
                std::make_unique<ReferenceCpu>(cpu.vcpu->fd(), cpu.vcpu->run(), *control));
        else
            arch::setup_vcpu(*vm_, *cpu.vcpu, base + PrivateLayout::kPayload,
                             base + layout.control(i));
        if (async_faults_) arch::allow_async_faults(*cpu.vcpu);
        if (i + config.smm_vcpus >= config.vcpus &&
            (reference || !arch::enter_smm(*vm_, *cpu.vcpu)))
            throw std::invalid_argument("this KVM has no system management mode");
        const Channel* channel = cpu.channel.get();
        cpu.thread = std::make_unique<VcpuThread>(
            *cpu.vcpu,
            VcpuThread::Hooks{.has_work = [channel] { return channel->posted() > channel->done(); },
                              .ring_full = [log = log_.get(), i] { log->ring_full(i); },
                              .mmio = [this, i](kvm_run& run) { return count_unbacked(i, run); },
                              .data = config.data,
                              .memory_comes_back = config.memory_comes_back},
            config.policy);
        log_->add_vcpu(*cpu.vcpu, *cpu.thread);
        cpus_.push_back(std::move(cpu));
    }
}

// Threads first: a full ring on one of them uses the log. Then whatever refers to the VM, so that
// closing its descriptor (after vm_closing) really destroys it.
Guest::~Guest() {
    for (Cpu& cpu : cpus_) cpu.thread.reset();
    slots_.clear();
    log_.reset();
    cpus_.clear();
    private_slots_.clear();
    vm_.reset();
}

Memslot& Guest::add_memory(std::uint64_t first, std::uint64_t pages, void* hva,
                           std::uint32_t flags) {
    if (pages == 0 || first + pages > config_.pages)
        throw std::invalid_argument(
            std::format("add_memory({}, {}): data pages are 0 to {}", first, pages, config_.pages));
    auto slot =
        make_slot(*vm_, next_slot_++, arch::data_gpa() + first * page_size(), pages * page_size(),
                  reinterpret_cast<std::uint64_t>(hva), flags, Memslot::Report::kYes);
    const std::lock_guard lock(slots_mutex_);
    slots_.push_back(std::move(slot));
    return *slots_.back();
}

Memslot& Guest::add_smm_memory(std::uint64_t first, std::uint64_t pages, void* hva) {
    const std::uint32_t before = vm_->address_space();
    vm_->use_address_space(1);
    Memslot& slot = add_memory(first, pages, hva);
    vm_->use_address_space(before);
    return slot;
}

void Guest::memslots_change() {
    const std::lock_guard lock(slots_mutex_);
    slots_changed_ = true;
}

void Guest::remove_memory(Memslot& slot) {
    memslots_change();
    slot.remove();
    const std::lock_guard lock(slots_mutex_);
    std::erase_if(slots_, [&](const auto& owned) { return owned.get() == &slot; });
}

void Guest::move_memory(Memslot& slot, std::uint64_t first) {
    if (first + slot.pages() > config_.pages)
        throw std::invalid_argument(
            std::format("move_memory({}): data pages are 0 to {}, it has {}", first, config_.pages,
                        slot.pages()));
    memslots_change();
    slot.move(gfn(first));
}

void Guest::tell_async_faults(unsigned vcpu, bool tell) {
    with_vcpu(vcpu, [&](const Vcpu& cpu) {
        arch::tell_async_faults(
            cpu, arch::private_gpa() + PrivateLayout::control(vcpu) + guest::kAsyncFaults, tell);
    });
}

void Guest::start() {
    for (Cpu& cpu : cpus_) cpu.thread->start();
    for (unsigned i = 0; i < vcpus(); i++)
        wait_until(
            i, is_parking(config_.idle), [&channel = *cpus_[i].channel] { return channel.ready(); },
            "its first command");
    vm_->observer().vcpus_started();
}

std::uint64_t Guest::gfn(std::uint64_t page) const {
    return arch::data_gpa() / page_size() + page;
}

std::uint64_t Guest::own_page(std::uint64_t n) {
    return (arch::own_tables().value().address - arch::data_gpa()) / arch::OwnTables::kPageBytes +
           n;
}

std::uint64_t Guest::first_page(const Memslot& slot) const {
    return slot.gfn() - gfn(0);
}

std::uint64_t Guest::journal(unsigned vcpu, std::uint64_t page) const {
    return cpus_.at(vcpu).channel->journal(page);
}

std::uint64_t Guest::progress(unsigned vcpu) const {
    return cpus_.at(vcpu).channel->progress();
}

std::uint64_t Guest::stamp(unsigned vcpu) const {
    return cpus_.at(vcpu).channel->stamp();
}

std::uint64_t Guest::unbacked(unsigned vcpu, std::uint64_t page) const {
    return unbacked_.at(vcpu * config_.pages + page);
}

bool Guest::count_unbacked(unsigned vcpu, kvm_run& run) {
    const std::uint64_t page = (run.mmio.phys_addr - arch::data_gpa()) / page_size();
    if (run.mmio.phys_addr < arch::data_gpa() || page >= config_.pages || unbacked_.empty()) {
        tell_if_backed(run);
        return false;
    }
    if (run.mmio.is_write == 0) std::memset(run.mmio.data, 0, sizeof run.mmio.data);
    unbacked_[vcpu * config_.pages + page]++;
    return true;
}

// Not once a memslot has gone from where it was: then it is for the scenario to say. LoongArch
// leaves so as well for what the host does not let be accessed.
void Guest::tell_if_backed(const kvm_run& run) {
    const std::uint64_t gfn = run.mmio.phys_addr / page_size();
    const std::lock_guard lock(slots_mutex_);
    if (slots_changed_ || config_.memory_comes_back) return;
    const std::uint32_t space = arch::address_space_of(run);
    for (const auto* slots : {&private_slots_, &slots_})
        for (const auto& slot : *slots)
            if (slot->address_space() == space && gfn >= slot->gfn() &&
                gfn - slot->gfn() < slot->pages() &&
                (run.mmio.is_write == 0 || !slot->read_only())) {
                vm_->observer().backed_access_left(gfn);
                return;
            }
}

void Guest::pause() {
    unsigned paused = 0;
    try {
        for (; paused < vcpus(); paused++) thread(paused).pause();
    } catch (...) {
        while (paused-- > 0) thread(paused).resume();
        throw;
    }
}

bool Guest::prefault(unsigned vcpu, std::uint64_t first, std::uint64_t count) {
    bool ended = false;
    with_vcpu(vcpu, [&](const Vcpu& cpu) {
        ended = cpu.prefault(gfn(first) * page_size(), count * page_size());
        if (ended) vm_->observer().prefaulted(gfn(first), count);
    });
    return ended;
}

void Guest::with_vcpu(unsigned vcpu, const std::function<void(const Vcpu&)>& act) {
    thread(vcpu).pause();
    try {
        act(*cpus_[vcpu].vcpu);
    } catch (...) {
        thread(vcpu).resume();
        throw;
    }
    thread(vcpu).resume();
}

void Guest::resume() {
    for (unsigned i = 0; i < vcpus(); i++) thread(i).resume();
}

Guest::Progress Guest::progress_of(unsigned vcpu) {
    const Channel& channel = *cpus_.at(vcpu).channel;
    return {.begun = channel.begun(),
            .done = channel.done(),
            .pages = channel.progress(),
            .cpu_time = thread(vcpu).cpu_time()};
}

// More CPU time than any access takes is as good as no end of it: docs/rules/forward-progress.md.
// A machine that was paused, as an emulated one may be, takes that for its CPUs' time: each look
// counts for no more than it should have been. A vCPU that gets on may take longer: thousands of
// faults on a kernel that checks everything do.
bool Guest::wait_long(unsigned vcpu, const std::function<bool()>& condition) {
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    constexpr milliseconds kEnough = 5s, kLook = 250ms;
    const steady_clock::time_point at_most = steady_clock::now() + kLongest;
    steady_clock::time_point until = steady_clock::now() + VcpuThread::kTimeout;
    Progress last = progress_of(vcpu);
    milliseconds ran{};
    const auto tell = [&] {
        return vm_->observer().stuck(vcpu, static_cast<std::uint64_t>(ran.count()),
                                     kEnough.count());
    };
    while (steady_clock::now() < until) {
        if (thread(vcpu).wait(condition, std::min(until, steady_clock::now() + kLook), kParkPoll))
            return true;
        const Progress now = progress_of(vcpu);
        const bool moved =
            now.begun != last.begun || now.done != last.done || now.pages != last.pages;
        const auto used = std::chrono::duration_cast<milliseconds>(now.cpu_time - last.cpu_time);
        ran = moved ? milliseconds{} : ran + std::min(used, kLook);
        if (moved) until = std::min(at_most, steady_clock::now() + VcpuThread::kTimeout);
        last = now;
        if (ran >= kEnough && tell()) return false;
    }
    static_cast<void>(tell());
    return false;
}

void Guest::wait_until(unsigned vcpu, bool parks, const std::function<bool()>& condition,
                       const char* what) {
    VcpuThread& thread = *cpus_.at(vcpu).thread;
    const auto begin = std::chrono::steady_clock::now();
    const auto spin_until = begin + spin_for();
    // Not sched_yield(): beside a polling vCPU it gives the CPU away until the next tick.
    if (!parks)
        while (std::chrono::steady_clock::now() < spin_until)
            if (condition()) return;
    if (thread.wait(condition, begin + kSoon,
                    parks ? std::chrono::microseconds(kParkPoll) : kStayPoll) ||
        wait_long(vcpu, condition))
        return;
    const Channel& channel = *cpus_[vcpu].channel;
    const auto waited =
        std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
    throw std::runtime_error(std::format(
        "vCPU {}: not at {} after {} s (posted {}, begun {}, done {}, pages touched {}{})", vcpu,
        what, waited.count(), channel.posted(), channel.begun(), channel.done(), channel.progress(),
        thread.parked() ? ", parked" : ""));
}

}  // namespace mmuw
