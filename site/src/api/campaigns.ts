import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "./client";
import { BUSY, CALM, live, WATCHED } from "./live";

export type Campaign = Schemas["Campaign"];
export type CampaignStatus = Schemas["CampaignStatus"];

export const campaignsQuery = (status?: CampaignStatus, cursor?: string) =>
  queryOptions({
    queryKey: ["campaigns", "list", status ?? "all", cursor ?? ""],
    queryFn: async () => bodyOf(await api.GET("/api/campaigns", { params: { query: { status, cursor, limit: 60 } } })),
    ...live(WATCHED),
  });

export const campaignQuery = (campaignId: string) => {
  const watch = live(BUSY);
  const calm = live(CALM);
  return queryOptions({
    queryKey: ["campaigns", campaignId],
    queryFn: async () =>
      bodyOf(await api.GET("/api/campaigns/{campaign_id}", { params: { path: { campaign_id: campaignId } } })),
    ...watch,
    refetchInterval: (query) =>
      (["running", "scheduled"].includes(query.state.data?.status ?? "running") ? watch : calm).refetchInterval(query),
  });
};

export const recipientsQuery = (campaignId: string, status: Schemas["RecipientStatus"] | undefined, cursor?: string) =>
  queryOptions({
    queryKey: ["campaigns", campaignId, "recipients", status ?? "all", cursor ?? ""],
    queryFn: async () =>
      bodyOf(
        await api.GET("/api/campaigns/{campaign_id}/recipients", {
          params: { path: { campaign_id: campaignId }, query: { status, cursor, limit: 50 } },
        }),
      ),
    ...live(WATCHED),
  });

export const recipientQuery = (campaignId: string, recipientId: string) =>
  queryOptions({
    queryKey: ["campaigns", campaignId, "recipient", recipientId],
    queryFn: async () =>
      bodyOf(
        await api.GET("/api/campaigns/{campaign_id}/recipients/{recipient_id}", {
          params: { path: { campaign_id: campaignId, recipient_id: recipientId } },
        }),
      ),
  });

export type CampaignTemplate = Schemas["CampaignTemplate"];

/** Every template: there are few. */
export const templatesQuery = queryOptions({
  queryKey: ["campaign-templates"],
  queryFn: async () => bodyOf(await api.GET("/api/campaign-templates")).items,
  ...live(CALM),
});

export const templateQuery = (templateId: string) =>
  queryOptions({
    queryKey: ["campaign-templates", templateId],
    queryFn: async () =>
      bodyOf(await api.GET("/api/campaign-templates/{template_id}", { params: { path: { template_id: templateId } } })),
  });

export const proofQuery = (campaignId: string) =>
  queryOptions({
    queryKey: ["campaigns", campaignId, "proof"],
    queryFn: async () =>
      bodyOf(await api.GET("/api/campaigns/{campaign_id}/proof", { params: { path: { campaign_id: campaignId } } })),
    staleTime: 30_000,
  });

export type Report = Schemas["Report"];
export type ReportBy = Schemas["ReportBy"];

/** What came of a campaign; also by the values of a variable. What is known stays while another is read. */
export const reportQuery = (campaignId: string, variable: string | null) =>
  queryOptions({
    queryKey: ["campaigns", campaignId, "report", variable ?? ""],
    queryFn: async () => {
      const params = { path: { campaign_id: campaignId }, query: { variable: variable ?? undefined } };
      return bodyOf(await api.GET("/api/campaigns/{campaign_id}/report", { params }));
    },
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });

export const preflightQuery = (campaignId: string) =>
  queryOptions({
    queryKey: ["campaigns", campaignId, "preflight"],
    queryFn: async () =>
      bodyOf(await api.GET("/api/campaigns/{campaign_id}/preflight", { params: { path: { campaign_id: campaignId } } })),
    staleTime: 30_000,
  });

/** The rules that a new campaign has when it names none. Fresh each time somebody makes or changes one. */
export const defaultsQuery = queryOptions({
  queryKey: ["campaign-defaults"],
  queryFn: async () => bodyOf(await api.GET("/api/campaign-defaults")),
  staleTime: 5_000,
});

export type CampaignAct = "start" | "pause" | "resume" | "cancel" | "retry-failed";

/** Does one thing with a campaign. */
export async function actOnCampaign(campaignId: string, act: CampaignAct): Promise<Campaign> {
  const params = { params: { path: { campaign_id: campaignId } } };
  switch (act) {
    case "start":
      return bodyOf(await api.POST("/api/campaigns/{campaign_id}/start", params));
    case "pause":
      return bodyOf(await api.POST("/api/campaigns/{campaign_id}/pause", params));
    case "resume":
      return bodyOf(await api.POST("/api/campaigns/{campaign_id}/resume", params));
    case "cancel":
      return bodyOf(await api.POST("/api/campaigns/{campaign_id}/cancel", params));
    case "retry-failed":
      return bodyOf(await api.POST("/api/campaigns/{campaign_id}/retry-failed", params));
  }
}

/** People that have their final state, of all. */
export function finishedOf(counts: Schemas["CampaignCounts"]): number {
  return counts.total - counts.pending - counts.queued - counts.calling;
}
