//! Rules that say where inbound calls go. There are few: they share a partition and are read together.

use std::collections::BTreeMap;

use switchboard_domain::{RoutingRule, RoutingRuleId};

use crate::item::{from_item, n, to_item};
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

impl Store {
    /// Every rule, in the order in which they are asked.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn routing_rules(&self) -> Result<Vec<RoutingRule>, StoreError> {
        let table = &self.config.system_table;
        let items = self.partition(table, keys::ROUTING_RULES, "").await?;
        let mut rules: Vec<RoutingRule> = items.into_iter().map(from_item).collect::<Result<_, _>>()?;
        rules.sort_by(|a, b| (a.position, &a.rule_id).cmp(&(b.position, &b.rule_id)));
        Ok(rules)
    }

    /// The rule with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_routing_rule(&self, id: &RoutingRuleId) -> Result<Option<RoutingRule>, StoreError> {
        self.find(&self.config.system_table, &keys::routing_rule(id))
            .await
    }

    /// Writes a rule over the version that it has; version 0 is a new one. Answers it with its new version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else was faster, or a new one is there already; otherwise when the table
    /// does not answer.
    pub async fn put_routing_rule(&self, rule: &RoutingRule) -> Result<RoutingRule, StoreError> {
        let mut written = rule.clone();
        written.version = rule.version + 1;
        let mut item = to_item(&written)?;
        keys::routing_rule(&rule.rule_id).put_into(&mut item);
        let table = &self.config.system_table;
        if rule.version > 0 {
            self.put_if_version(table, item, rule.version).await?;
        } else if !self.create(table, item).await? {
            return Err(StoreError::Stale);
        }
        Ok(written)
    }

    /// Forgets a rule. Calls that it has routed keep its name.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_routing_rule(&self, id: &RoutingRuleId) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::routing_rule(id))
            .await
    }

    /// Puts all rules into this order at once.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when these are not exactly the rules that there are, or somebody else changes one of
    /// them meanwhile; otherwise when the table does not answer.
    pub async fn order_routing_rules(&self, order: &[RoutingRuleId]) -> Result<(), StoreError> {
        let rules = self.routing_rules().await?;
        let mut rules: BTreeMap<_, _> = rules
            .into_iter()
            .map(|rule| (rule.rule_id.clone(), rule))
            .collect();
        if rules.len() != order.len() {
            return Err(StoreError::Stale);
        }
        let mut tx = Transaction::new();
        let mut moves = false;
        for (position, id) in (0_u32..).zip(order) {
            // An id that is named twice is not there the second time.
            let rule = rules.remove(id).ok_or(StoreError::Stale)?;
            if rule.position == position {
                continue;
            }
            moves = true;
            tx.update(
                (),
                &self.config.system_table,
                &keys::routing_rule(id),
                "SET #position = :position, #version = :next",
                When::version(rule.version)
                    .name("#position", "position")
                    .value(":position", n(position))
                    .value(":next", n(rule.version + 1)),
            );
        }
        match moves {
            true => Ok(tx.commit(&self.db).await?),
            false => Ok(()),
        }
    }
}
