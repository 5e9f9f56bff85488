// SPDX-License-Identifier: GPL-2.0-only
#include "run/script_scenario.h"

#include <map>
#include <memory>

#include "backing/lanes.h"
#include "director/gate.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"

namespace mmuw {

namespace {

class ScriptScenario : public ScenarioTest {
  public:
    explicit ScriptScenario(const Script& script) : script_(script) {}

    void TestBody() override {
        std::string why;
        if (!supported(run_.kvm, script_.log, &why)) GTEST_SKIP() << why;
        for (const std::string& rule : script_.promises) promise({rule});
        file_ = &add_file(script_.pages);
        guest_ = &add_guest({.vcpus = script_.vcpus,
                             .pages = script_.pages,
                             .log = script_.log,
                             .policy = VcpuThread::Policy::kNormal});
        slot_ = &guest_->add_memory(0, script_.pages, file_->file().mapping().get());
        guest_->start();
        const OwnCpu own_cpu(guest_->thread(0).tid());
        try {
            run_rounds();
        } catch (const Points::Unavailable& error) {
            gates_.clear();
            wait_for_all();
            GTEST_SKIP() << error.what();
        }
        gates_.clear();
    }

  private:
    void run_rounds() {
        for (round_ = 0; round_ < script_.rounds; round_++) {
            const std::uint64_t won = holds().won;
            for (const ScriptStep& step : script_.steps)
                std::visit([&](const auto& what) { run(step, what); }, step.what);
            wait_for_all();
            trial(holds().won - won == gates_.size());
        }
    }

    [[nodiscard]] std::uint64_t page(const ScriptPage& page) const {
        return page.value_or(round_ % script_.pages);
    }

    mmuwitness_pass pass(const ScriptPass& pass) {
        const Actor actor = pass.vcpu ? vcpu(*guest_, *file_, *pass.vcpu) : host(*guest_, *file_);
        return pass.any_page ? actor.at(pass.point) : actor.at(pass.point, page(pass.page));
    }

    void run(const ScriptStep& step, const HoldStep& hold) {
        const auto from = pass(hold.hold);
        const auto until = pass(hold.until);
        auto& gate = gates_[&step];
        if (gate)
            gate->arm(from, until);
        else
            gate = std::make_unique<Gate>(run_.module, from, until, hold.longest);
    }
    void run(const ScriptStep&, const WaitHeldStep& wait) {
        gates_.at(&script_.steps[wait.hold])->wait_held();
    }
    void run(const ScriptStep&, const AccessStep& access) {
        finish(access.vcpu);
        posted_[access.vcpu] = access.write ? guest_->post_write(access.vcpu, page(access.page))
                                            : guest_->post_read(access.vcpu, page(access.page));
    }
    void run(const ScriptStep&, const DoneStep& done) { finish(done.vcpu); }
    void run(const ScriptStep&, const HostWriteStep& write) {
        store_lane(file_->file().page(page(write.page)), kHostLane, ++host_stamp_);
    }
    void run(const ScriptStep&, const SyncStep& sync) {
        file_->sync(sync.sync, [&] {
            std::vector<Expectation> all;
            append_written(*guest_, script_.pages, all);
            return all;
        });
    }
    void run(const ScriptStep&, const SettleStep&) { file_->settle(); }
    void run(const ScriptStep&, const LogStep& log) {
        if (log.action == LogAction::kOn) guest_->log().enable(*slot_);
        if (log.action == LogAction::kOff) guest_->log().disable(*slot_);
        if (log.action == LogAction::kCollect) static_cast<void>(guest_->log().collect(*slot_));
    }

    void finish(unsigned vcpu) {
        if (const auto it = posted_.find(vcpu); it != posted_.end()) {
            guest_->wait(vcpu, it->second);
            posted_.erase(it);
        }
    }
    void wait_for_all() {
        while (!posted_.empty()) finish(posted_.begin()->first);
    }

    [[nodiscard]] Holds holds() const {
        Holds all;
        for (const auto& [step, gate] : gates_) all.won += gate->holds().won;
        return all;
    }

    const Script& script_;
    WitnessedFile* file_ = nullptr;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
    std::uint64_t round_ = 0;
    std::uint64_t host_stamp_ = 0;
    std::map<const ScriptStep*, std::unique_ptr<Gate>> gates_;
    std::map<unsigned, std::uint64_t> posted_;  // by vcpu: the command under way
};

}  // namespace

void register_script(Script script) {
    // GoogleTest keeps the factory, and so the script, to its end.
    const auto shared = std::make_shared<const Script>(std::move(script));
    testing::RegisterTest("Script", shared->name.c_str(), nullptr, nullptr, shared->file.c_str(), 1,
                          [shared]() -> ScenarioTest* { return new ScriptScenario(*shared); });
}

}  // namespace mmuw
