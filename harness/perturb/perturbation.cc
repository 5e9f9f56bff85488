// SPDX-License-Identifier: GPL-2.0-only
#include "perturb/perturbation.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <ranges>

namespace mmuw {
namespace {

void block_all_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

std::vector<const DisturberKind*> parse_disturbers(std::string_view list) {
    std::vector<const DisturberKind*> chosen;
    if (list.empty()) throw std::invalid_argument("");
    for (const auto part : list | std::views::split(',')) {
        const std::string_view word(part.begin(), part.end());
        bool known = false;
        for (const DisturberKind& kind : disturber_kinds()) {
            if (word != "all" && word != kind.name) continue;
            known = true;
            if (!std::ranges::contains(chosen, &kind)) chosen.push_back(&kind);
        }
        if (!known) throw std::invalid_argument(std::string(word));
    }
    return chosen;
}

Perturbation::Perturbation(const std::vector<const DisturberKind*>& kinds, MachineGuard& guard) {
    for (const DisturberKind* kind : kinds) try {
            running_.push_back(
                {.name = kind->name, .disturber = kind->make(guard), .thread = {}, .failure = {}});
        } catch (const std::exception& error) {
            missing_.push_back({std::string(kind->name), error.what()});
        }
}

Perturbation::~Perturbation() {
    static_cast<void>(stop());
}

void Perturbation::finish() {
    static_cast<void>(stop());
    running_.clear();
}

void Perturbation::guest_started(Guest& guest) {
    if (empty()) return;
    target_.add_guest(guest);
    if (!begun_)
        for (Running& one : running_) one.disturber->begin(target_);
    for (Running& one : running_) one.disturber->joined(guest);
    if (!begun_) begin();
}

void Perturbation::calling(bool begins) {
    if (!begun_) return;
    for (Running& one : running_) one.disturber->calling(begins);
}

void Perturbation::begin() {
    stop_ = false;
    scenarios_++;
    for (Running& one : running_) {
        one.failure.clear();
        one.thread = std::thread([this, &one, seed = scenarios_] { body(one, seed); });
        pthread_setname_np(one.thread.native_handle(), std::string(one.name).c_str());
    }
    begun_ = true;
}

// Its own signals are nothing that a disturber has to stand.
void Perturbation::body(Running& one, std::uint64_t seed) {
    block_all_signals();
    Random random(static_cast<Random::result_type>(seed));
    const auto [least, most] = one.disturber->pause();
    std::uniform_int_distribution<std::int64_t> pause(least.count(), most.count());
    // Together they take no more than one CPU.
    const auto share = static_cast<int>(running_.size());
    std::unique_lock lock(mutex_);
    try {
        while (!stop_) {
            lock.unlock();
            const auto begin = std::chrono::steady_clock::now();
            one.disturber->step(target_, random);
            const auto took = std::chrono::steady_clock::now() - begin;
            lock.lock();
            wake_.wait_for(lock, std::chrono::microseconds(pause(random)) + share * took,
                           [this] { return stop_; });
        }
    } catch (const std::exception& error) {
        one.failure = error.what();
    }
}

Perturbation::Report Perturbation::stop() {
    Report report;
    if (begun_) {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        wake_.notify_all();
        for (Running& one : running_) one.thread.join();
        for (Running& one : running_) try {
                one.disturber->end();
            } catch (const std::exception& error) {
                if (one.failure.empty()) one.failure = error.what();
            }
        for (Running& one : running_) {
            note::Disturber& did = report.emplace_back();
            did.name = one.name;
            for (const Count& count : one.disturber->counts())
                did.counts.emplace_back(count.what, count.number);
            did.why = one.failure;
        }
    }
    begun_ = false;
    target_.clear();
    return report;
}

}  // namespace mmuw
