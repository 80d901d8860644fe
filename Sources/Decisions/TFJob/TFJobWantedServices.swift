import AerieAPI
import KubernetesAPI

/// Which services there shall be: a headless one for every replica, so that its name leads to its pod.
extension TFJobRound {
    mutating func deleteUnwantedServices() {
        for service in census.surplusServices { delete(service) }
    }

    mutating func wantServices() {
        for replica in replicas {
            let missing = (0..<replica.count).filter { index in
                census.service(replica.type, index) == nil
                    && !census.takenServiceNames.contains(job.childName(replica.type, index))
            }
            guard !missing.isEmpty else { continue }
            let ports = replica.ports
            for index in missing {
                order(
                    .create(serviceManifest(replica.type, index, ports)), "SuccessfulCreateService",
                    "Created service: \(job.childName(replica.type, index))")
            }
        }
    }

    mutating func delete(_ service: Service) {
        guard service.metadata.deletionTimestamp == nil else { return }
        order(
            .delete(service.reference, uid: service.metadata.uid), "SuccessfulDeleteService",
            "Deleted service: \(service.metadata.name)")
    }

    private func serviceManifest(
        _ type: TFJob.ReplicaType, _ index: Int, _ ports: [TFJob.Replica.Port]
    ) -> Manifest {
        let labels = JSONValue(job.labels(type, index))
        let ports = ports.map { port -> JSONValue in ["name": .string(port.name), "port": JSONValue(port.number)] }
        return Manifest(
            Reference(
                Service.resource, namespace: job.metadata.namespace, name: job.childName(type, index)),
            [
                "metadata": ["labels": labels, "ownerReferences": [OwnerReference(controller: job).json]],
                // Replicas meet before they are ready: a readiness probe may well wait for the peers.
                "spec": [
                    "clusterIP": "None", "publishNotReadyAddresses": true, "selector": labels, "ports": .array(ports),
                ],
            ])
    }
}
