/**
 * What CloudWatch takes in one dashboard.
 *
 * Widgets and grid: "Dashboard Body Structure and Syntax" of the CloudWatch API reference. Metrics: "CloudWatch service
 * quotas" of the user guide; metrics that only feed metric math count as well.
 */
export const DASHBOARD_LIMITS = {
  columns: 24,
  widgets: 500,
  metrics: 2_500,
  alarmsOfWidget: 100,
  nameCharacters: 255,
  /**
   * A choice of ours: PutDashboard documents no largest body, but the body is part of a template, and CloudFormation
   * takes no template above 1 MB.
   */
  bodyCharacters: 400_000,
} as const;

/** Log groups that one query of Logs Insights can read: "CloudWatch Logs quotas" of its user guide. */
export const LOG_GROUPS_OF_QUERY = 50;

/**
 * Resources of one kind that have lines of their own on the dashboard of the service: beyond it nobody tells lines apart,
 * and with it no chart comes near the 500 metrics that CloudWatch takes in one, nor the dashboard near the limits above.
 */
export const LINES_OF_KIND = 100;
