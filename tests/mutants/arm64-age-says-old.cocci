// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging says that the page is old
// file: arch/arm64/kvm/hyp/pgtable.c
// scenarios: Aging.*:*Monitored*
@@
@@
 stage2_age_walker(...)
 {
 <...
- data->young = true;
+ data->young = false;
 ...>
 }
