//! Where each node stands. The graph is walked without recursion and each node once, so that cycles end and shared
//! children do not multiply.

use super::json::{Node, Root};
use crate::math::Affine;

/// The file's nodes with their places.
pub struct Nodes {
    /// From each node's space to the scene's.
    pub global: Vec<Affine>,
    /// Nodes of the scene that is shown, parents first.
    shown: Vec<usize>,
}

impl Nodes {
    pub fn new(root: &Root) -> Self {
        let count = root.nodes.len();
        let mut has_parent = vec![false; count];
        for child in root.nodes.iter().flat_map(|node| &node.children) {
            if let Some(mark) = has_parent.get_mut(*child) {
                *mark = true;
            }
        }
        let tops: Vec<usize> = (0..count).filter(|node| !has_parent[*node]).collect();
        let mut nodes = Self {
            global: vec![Affine::IDENTITY; count],
            shown: Vec::new(),
        };
        // First all of them, since joints may stand outside the scene; then those that are shown.
        nodes.walk(root, &tops);
        let shown = root.scenes.get(root.scene.unwrap_or(0));
        nodes.shown = nodes.walk(root, shown.map_or(tops.as_slice(), |scene| &scene.nodes));
        nodes
    }

    fn walk(&mut self, root: &Root, from: &[usize]) -> Vec<usize> {
        let mut visited = vec![false; self.global.len()];
        let mut order = Vec::new();
        let mut waiting: Vec<(usize, Affine)> = from
            .iter()
            .rev()
            .map(|node| (*node, Affine::IDENTITY))
            .collect();
        while let Some((index, parent)) = waiting.pop() {
            let Some(node) = root.nodes.get(index) else {
                continue;
            };
            if std::mem::replace(&mut visited[index], true) {
                continue;
            }
            let global = parent.after(&local(node));
            self.global[index] = global;
            order.push(index);
            waiting.extend(node.children.iter().rev().map(|child| (*child, global)));
        }
        order
    }

    /// The shown nodes and where they stand; those at no finite place are left out.
    pub fn drawn(&self) -> impl Iterator<Item = (usize, Affine)> + '_ {
        self.shown
            .iter()
            .map(|node| (*node, self.global[*node]))
            .filter(|(_, global)| global.is_finite())
    }
}

fn local(node: &Node) -> Affine {
    match &node.matrix {
        Some(matrix) => Affine::from_columns(matrix),
        None => Affine::from_parts(
            node.translation.unwrap_or([0.0; 3]),
            node.rotation.unwrap_or([0.0, 0.0, 0.0, 1.0]),
            node.scale.unwrap_or([1.0; 3]),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(json: &str) -> Nodes {
        Nodes::new(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn children_stand_on_their_parents() {
        let nodes = nodes(
            r#"{"scenes":[{"nodes":[1]}],"nodes":[{"translation":[0,1,0]},{"children":[0],"scale":[2,2,2]}]}"#,
        );
        let drawn: Vec<_> = nodes.drawn().collect();
        assert_eq!(drawn.len(), 2);
        assert_eq!(nodes.global[0].origin, [0.0, 2.0, 0.0]);
    }

    #[test]
    fn cycles_and_shared_children_are_walked_once() {
        let nodes_of = |json| nodes(json).drawn().count();
        assert_eq!(
            nodes_of(r#"{"scenes":[{"nodes":[0]}],"nodes":[{"children":[1]},{"children":[0]}]}"#),
            2
        );
        assert_eq!(
            nodes_of(r#"{"scenes":[{"nodes":[0]}],"nodes":[{"children":[0,7]}]}"#),
            1
        );
        // Each node twice below the one before it: two to the power of sixty ways to the last.
        let chain: Vec<String> = (1..=60)
            .map(|i| format!(r#"{{"children":[{i},{i}]}}"#))
            .collect();
        let json = format!(
            r#"{{"scenes":[{{"nodes":[0]}}],"nodes":[{},{{}}]}}"#,
            chain.join(",")
        );
        assert_eq!(nodes_of(&json), 61);
    }

    #[test]
    fn without_a_scene_all_tops_are_shown() {
        let nodes = nodes(r#"{"nodes":[{},{"children":[2]},{}]}"#);
        assert_eq!(
            nodes.drawn().map(|(node, _)| node).collect::<Vec<_>>(),
            [0, 1, 2]
        );
    }
}
