// SPDX-License-Identifier: GPL-2.0-only
// One object per file of this folder; rule.cc has the table.
#pragma once

#include "judge/rule.h"

namespace mmuw {

extern const RuleInfo durable_rule;
extern const RuleInfo tagged_rule;
extern const RuleInfo dirty_in_time_rule;
extern const RuleInfo slow_path_dirty_rule;
extern const RuleInfo unmapped_when_clean_rule;
extern const RuleInfo retry_on_stale_rule;
extern const RuleInfo log_complete_rule;
extern const RuleInfo log_precise_rule;
extern const RuleInfo flush_on_protect_rule;
extern const RuleInfo stable_page_rule;
extern const RuleInfo dirty_reaches_folio_rule;
extern const RuleInfo dirty_not_lost_in_race_rule;
extern const RuleInfo flush_on_zap_rule;
extern const RuleInfo young_rule;
extern const RuleInfo prefault_keeps_young_rule;
extern const RuleInfo prefault_ends_rule;
extern const RuleInfo prefault_maps_rule;
extern const RuleInfo fault_ends_rule;
extern const RuleInfo change_pte_bracketed_rule;
extern const RuleInfo ksm_isolated_rule;
extern const RuleInfo isolated_rule;
extern const RuleInfo refused_rule;
extern const RuleInfo quiet_kernel_rule;
extern const RuleInfo nothing_left_rule;

}  // namespace mmuw
